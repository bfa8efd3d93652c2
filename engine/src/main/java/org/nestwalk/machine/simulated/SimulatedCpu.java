package org.nestwalk.machine.simulated;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.simulated.host.NodeDelay;
import org.nestwalk.machine.simulated.host.World;
import org.nestwalk.machine.transactions.RetryThenLock;
import org.nestwalk.mmu.TranslationFault;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.PageModificationLog;

/// A virtual CPU on a processor of its own: runs accesses, and serves what interrupts them.
final class SimulatedCpu implements TrappingCpu {
    private static final int SLICE = 1 << 15;

    private final VirtualMachine machine;
    private final VmContext vm;
    private final ExitDispatch exits;
    private final int index;
    private final World world;
    private final @Nullable NodeDelay delay;
    private final CpuTranslation translation;
    private final SimulatedKernelCpu kernel;
    private final ProgramData data;
    private final boolean contents;
    private final Account account = new Account();
    private final VmExit programEnd = new VmExit.ProgramEnd();
    private long[] physical = {};
    private int position;
    private int faultsHere;
    private long answer;
    private boolean performed;
    private volatile boolean kicked;
    private @Nullable RetryThenLock transactions;
    private final OpenedPages opened;

    /// @param exits where they go, and exceptions
    /// @param translations makes what translates its addresses
    SimulatedCpu(
            VirtualMachine machine,
            VmContext vm,
            int index,
            ExitDispatch exits,
            Function<TrappingCpu, CpuTranslation> translations) {
        this.machine = machine;
        this.vm = vm;
        this.exits = exits;
        this.opened = new OpenedPages(this, vm, exits);
        this.index = index;
        this.world = vm.host().world();
        this.contents = vm.host().settings().contents();
        this.data = new ProgramData(vm.protection().view());
        this.delay = vm.host().newDelay();
        this.translation = translations.apply(this);
        this.kernel = new SimulatedKernelCpu(this, vm, opened);
    }

    CpuTranslation translation() {
        return translation;
    }

    @Override
    public @Nullable NodeDelay delay() {
        return delay;
    }

    @Override
    public @Nullable PageModificationLog log() {
        return translation.log();
    }

    @Override
    public int readLine(long hpa) {
        return translation.mmu().readLine(hpa);
    }

    @Override
    public void secondLevelChanged(long gpa, long bytes) {
        translation.secondLevelChanged(gpa, bytes);
    }

    @Override
    public void tablesMoved() {
        translation.tablesMoved();
    }

    @Override
    public void invalidateAll() {
        translation.invalidateAll();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public VirtualMachine vm() {
        return machine;
    }

    @Override
    public VmExit run(long[] accesses, int from, int to) {
        position = from;
        try {
            RetryThenLock transactions = this.transactions;
            if (transactions == null) {
                runSlices(accesses, to);
            } else {
                run(transactions, accesses, to);
            }
            return programEnd;
        } catch (UnhandledExit stopped) {
            return stopped.exit();
        } catch (GuestFailure failure) {
            return failure.failure();
        }
    }

    private void runSlices(long[] accesses, int to) {
        if (physical.length < to) {
            physical = new long[accesses.length];
        }
        while (position < to) {
            takeKick();
            TranslationFault fault = perform(accesses, Math.min(to, position + SLICE));
            if (fault != null) {
                alone(() -> resolve(fault, accesses));
            }
        }
    }

    private void takeKick() {
        if (kicked) {
            kicked = false;
            alone(() -> exit(new VmExit.Interrupted()));
        }
    }

    /// Runs the accesses up to index `to` as transactions.
    private void run(RetryThenLock transactions, long[] accesses, int to) {
        transactions.start(accesses, position, to);
        try {
            do {
                takeKick();
            } while (transactions.step());
        } finally {
            position = transactions.position();
        }
    }

    /// Makes it run programs as `runner` does.
    void runAs(RetryThenLock runner) {
        transactions = runner;
    }

    ProgramData data() {
        return data;
    }

    /// Whether programs' data is kept.
    boolean keepsContents() {
        return contents;
    }

    /// Makes accesses up to index `end`, or to the first that cannot be translated, for which it
    /// returns why.
    private @Nullable TranslationFault perform(long[] accesses, int end) {
        MmuCounts counts = translation.mmu().counts();
        long before = counts.accesses() + counts.pageCrossings;
        TranslationFault fault = null;
        int done = end;
        world.beginSlice();
        try {
            translation.requireOpen();
            try {
                translation.mmu().run(accesses, position, end, contents ? physical : null);
            } catch (TranslationFault thrown) {
                fault = thrown;
                done = position + (int) (counts.accesses() + counts.pageCrossings - before);
            }
            if (contents) {
                data.perform(accesses, physical, position, done);
            }
        } finally {
            world.endSlice();
        }
        faultsHere = done == position ? faultsHere + 1 : 1;
        position = done;
        return fault;
    }

    /// Resolves a fault of the access at the position, which is made here if parts only let it be.
    private void resolve(TranslationFault fault, long[] accesses) {
        try {
            resolve(fault);
            while (!opened.isEmpty()) {
                TranslationFault another =
                        opened.areToEmulate() ? emulate(accesses) : perform(accesses, position + 1);
                if (another == null) {
                    return;
                }
                resolve(another);
            }
        } finally {
            opened.close();
        }
    }

    /// Makes the access at the position in the guest's place.
    private @Nullable TranslationFault emulate(long[] accesses) {
        long access = accesses[position];
        try {
            physical[position] =
                    opened.emulate(translation, Access.address(access), AccessType.ofUser(access));
        } catch (TranslationFault another) {
            faultsHere++;
            return another;
        }
        if (contents) {
            data.perform(accesses, physical, position, position + 1);
        }
        position++;
        faultsHere = 0;
        return null;
    }

    /// Has a fault of an access resolved for the `again`-th time, or the access made with `retry`.
    ///
    /// @param retry tries to translate the access again, and returns why that fails, or null
    /// @return whether it was made
    boolean resolveHere(
            TranslationFault fault, int again, Supplier<@Nullable TranslationFault> retry) {
        faultsHere = again;
        alone(() -> {
            try {
                resolve(fault);
                performed = false;
                while (!opened.isEmpty() && !performed) {
                    TranslationFault another = retry.get();
                    performed = another == null;
                    if (another != null) {
                        faultsHere++;
                        resolve(another);
                    }
                }
            } finally {
                opened.close();
            }
        });
        return performed;
    }

    /// Has a fault resolved whose access is not to be made now.
    void resolveHere(TranslationFault fault) {
        faultsHere = 1;
        alone(() -> {
            try {
                resolve(fault);
            } finally {
                opened.close();
            }
        });
    }

    @Override
    public void closeOpened() {
        opened.emulated();
        opened.close();
    }

    private void resolve(TranslationFault fault) {
        Attempts.check(faultsHere, () -> String.valueOf(fault.getMessage()));
        translation.resolve(fault);
    }

    /// Does `work` alone, at the cost of this CPU.
    void alone(Runnable work) {
        world.alone(this, account, translation.whileOpen(work));
    }

    @Override
    public void exit(VmExit exit) {
        exit(ExitReason.of(exit), () -> handle(exit));
    }

    @Override
    public void handle(VmExit exit) {
        opened.open(exit, exits.chain().handle(this, exit, exits.tables()));
    }

    @Override
    public void exit(ExitReason reason, Runnable handling) {
        long before = account.cycles();
        account.spend(Cost.EXIT, vm.costs().exit());
        try {
            handling.run();
        } finally {
            long cycles = account.cycles() - before;
            account.countExit(reason, cycles);
            exits.observer().exited(this, reason, cycles);
        }
    }

    @Override
    public void exception(TranslationFault fault) {
        if (fault.outcome() != Outcome.PAGE_FAULT) {
            throw new GuestFailure(
                    VmExit.Cause.UNHANDLED_EXCEPTION,
                    "general protection: 0x%x is not canonical".formatted(fault.linearAddress()));
        }
        pageFault(fault.linearAddress(), fault.code());
    }

    @Override
    public void pageFault(long gva, long code) {
        if ((code & PageFaultCode.PROTECTION) != 0) {
            translation
                    .mmu()
                    .invalidate(
                            Invalidations.pageFault(translation.vpid(), translation.pcid(), gva));
        }
        exits.software().pageFault(kernel, gva, code);
    }

    @Override
    public int position() {
        return position;
    }

    @Override
    public CpuState state() {
        return new CpuState(translation.cr3, data.cursor(), data.checksum());
    }

    @Override
    public void restore(CpuState state) {
        alone(() -> translation.loadCr3(state.cr3(), false));
        data.restore(state.cursor(), state.checksum());
    }

    @Override
    public void setProgram(long cursor, long checksum) {
        data.restore(cursor, checksum);
    }

    @Override
    public void kick() {
        kicked = true;
    }

    @Override
    public KernelCpu kernel() {
        return kernel;
    }

    @Override
    public void answer(long result) {
        answer = result;
    }

    long answer() {
        return answer;
    }

    @Override
    public Account account() {
        return account;
    }

    @Override
    public long nanoseconds() {
        return vm.nanoseconds(translation.mmu().counts(), account);
    }

    @Override
    public Optional<MmuCounts> walkCounts() {
        return Optional.of(translation.mmu().counts());
    }

    void release() {
        translation.release();
    }
}
