package org.nestwalk.kvm.machine;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.KernelStubs;
import org.nestwalk.kvm.code.ReplayLoop;
import org.nestwalk.kvm.handle.Exit;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.SystemRegisters;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;
import org.nestwalk.mmu.count.MmuCounts;

/// A virtual CPU on the host's own processor. Programs go through a window, a chunk at a time: one
/// exit a chunk, and one for each page fault and trap.
///
/// Each method but [#kick] belongs to one platform thread at a time, that of [#run]: KVM's requests
/// for a CPU wait for each other.
final class KvmCpu implements VirtualCpu {
    private static final int MOST_FAULTS_OF_ONE_ACCESS = 10_000;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int PAGE_FAULT = 14;
    private static final int GENERAL_PROTECTION = 13;
    private static final int ERROR_CODE = 48;

    private final KvmVirtualMachine vm;
    private final int index;
    private final KvmVcpu vcpu;
    private final ProgramRegisters program;
    private final SystemRegisters system;
    private final ControlArea control;
    private final AccessWindow window;
    private final KvmKernelCpu kernel;
    private final Account account = new Account();
    private final FaultFinder finder;
    private final LoadedRoot root;
    private final Succession succession;
    private final KvmExits exits;
    private final AtomicLong nanoseconds = new AtomicLong();
    private long cursor;
    private long checksum = Checksum.START;
    private int position;
    private int faultsHere;
    private boolean inKernelMode;
    private boolean done;
    private int windowStart;
    private long answer;
    private volatile boolean kicked;

    KvmCpu(KvmVirtualMachine vm, int index, KvmVcpu vcpu) {
        this.vm = vm;
        this.index = index;
        this.vcpu = vcpu;
        this.control = vm.control();
        this.program =
                new ProgramRegisters(vcpu, control.windowLinear(index), control.replayEntry());
        this.system = vcpu.system();
        this.window = new AccessWindow(control.window(index));
        this.finder = new FaultFinder(vm);
        this.kernel = new KvmKernelCpu(this, finder);
        control.prepare(system, index);
        system.setUserSegments(ControlArea.USER_CODE, ControlArea.USER_DATA);
        vcpu.systemChanged();
        this.root = new LoadedRoot(vm, vcpu);
        this.succession = new Succession(vcpu);
        this.exits = new KvmExits(vm, this, account);
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public KvmVirtualMachine vm() {
        return vm;
    }

    @Override
    public VmExit run(long[] accesses, int from, int to) {
        position = from;
        long start = System.nanoTime();
        try {
            while (position < to) {
                if (kicked) {
                    kicked = false;
                    alone(() -> exits.handle(new VmExit.Interrupted()));
                }
                int count = Math.min(to - position, ControlArea.WINDOW);
                int allowed = window.fill(accesses, position, count);
                if (allowed > 0) {
                    replay(accesses, allowed);
                } else {
                    refuse(accesses[position]);
                }
            }
            return new VmExit.ProgramEnd();
        } catch (UnhandledExit stopped) {
            return stopped.exit();
        } catch (GuestFailure failure) {
            return failure.failure();
        } catch (IllegalStateException e) {
            if (vm.isClosed()) {
                return vm.closedFailure().failure();
            }
            throw e;
        } finally {
            nanoseconds.addAndGet(System.nanoTime() - start);
        }
    }

    @Override
    public long nanoseconds() {
        return nanoseconds.get();
    }

    /// Makes the `count` accesses in the window, or as many as a kick lets be made.
    private void replay(long[] accesses, int count) {
        windowStart = position;
        start(count);
        done = false;
        while (!done) {
            advance(accesses);
        }
    }

    /// Enters the guest once, and handles why it was left; notes whether all accesses are made.
    private void advance(long[] accesses) {
        int error = enter();
        int before = position;
        leave(windowStart);
        faultsHere = position == before ? faultsHere + 1 : 0;
        if (faultsHere > MOST_FAULTS_OF_ONE_ACCESS) {
            throw failure("makes no progress at 0x%x".formatted(accesses[position]));
        }
        if (error == Errno.EINTR) {
            if (kicked) {
                program.stop();
            }
        } else if (error == Errno.EFAULT) {
            reach(accesses);
        } else if (vcpu.exit() == Exit.IO && vcpu.port() == ReplayLoop.DONE_PORT) {
            done = true;
        } else {
            handle(accesses);
        }
    }

    /// Makes the access for which pages are open, and no other, while nobody else is in the guest.
    /// The caller holds the exclusive lock.
    private void step(long[] accesses) {
        int from = position;
        while (exits.isStepping() && !done) {
            vm.writeBack();
            program.stop();
            advance(accesses);
            if (position != from) {
                return;
            }
        }
    }

    private void start(int count) {
        program.start(count, cursor, checksum);
        if (inKernelMode) {
            inKernelMode = false;
            system.setUserSegments(ControlArea.USER_CODE, ControlArea.USER_DATA);
            vcpu.systemChanged();
        }
    }

    /// Enters the guest, when nobody works on the machine.
    private int enter() {
        Exclusion exclusion = vm.exclusion();
        exclusion.enterGuest();
        try {
            succession.apply();
            root.apply();
            vcpu.clearKick();
            // Whoever has become impatient before this was forgotten has to be seen now.
            if (exclusion.isWanted() || (kicked && program.hasMore())) {
                vcpu.kick();
            }
            return vcpu.enter();
        } finally {
            exclusion.leaveGuest();
        }
    }

    /// Reads the program's state from the registers. `first` is the index of the window's first
    /// access.
    private void leave(int first) {
        position = first + program.made();
        checksum = program.checksum();
        cursor = program.cursor();
    }

    private void handle(long[] accesses) {
        switch (vcpu.exit()) {
            case IO -> exception(accesses, vcpu.port() - KernelStubs.EXCEPTION_PORT);
            case DIRTY_RING_FULL -> alone(() -> exits.logFull(vcpu));
            case INTERRUPTED -> {}
            case MMIO -> emulated(Access.address(accesses[position]));
            case SHUTDOWN -> throw failure("triple fault");
            default -> throw failure("KVM cannot go on: exit %d".formatted(vcpu.exitNumber()));
        }
    }

    /// An access that KVM emulates, as it does with those to pages that it knows as tables, and
    /// whose memory it could not reach, or is in no slot yet: it is made here, in place of KVM.
    private void emulated(long gva) {
        alone(() -> {
            long gpa = vcpu.mmioAddress();
            GuestRam ram = vm.ram();
            vm.settings().checkInside(gpa, 1);
            boolean _ = vm.slots().reach(gpa);
            boolean write = vcpu.isMmioWrite();
            if (!ram.isBacked(gpa)) {
                int wanted = write ? SecondLevelMap.WRITE : SecondLevelMap.READ;
                exits.handle(new VmExit.Violation(gpa, gva, wanted, false, false));
            }
            if (!write) {
                vcpu.setMmioData(ram.read(gpa));
                return;
            }
            if (ram.isProtected(gpa)) {
                exits.handle(new VmExit.WriteTrap(gpa, gva, false));
            }
            exits.endStep();
            ram.write(gpa, vcpu.mmioData());
            vm.log().trackers().written(gpa & -PAGE, PAGE);
        });
    }

    private void exception(long[] accesses, int vector) {
        inKernelMode = true;
        if (vector == PAGE_FAULT) {
            long code = control.stackWord(index, ERROR_CODE);
            long gva = system.cr2();
            alone(() -> {
                // Where KVM cannot read a table it reports a fault.
                boolean resolved = finder.reach(root.cr3(), accesses[position]);
                if (!resolved && finder.isGuestFault(root.cr3(), accesses[position])) {
                    pageFault(gva, code);
                } else if (!resolved) {
                    reach(accesses);
                }
            });
        } else if (vector == GENERAL_PROTECTION) {
            throw new GuestFailure(
                    VmExit.Cause.UNHANDLED_EXCEPTION,
                    "general protection: 0x%x is not canonical"
                            .formatted(Access.address(accesses[position])));
        } else {
            throw failure("exception %d".formatted(vector));
        }
        inKernelMode = false;
    }

    /// An access to the part of the address space that is not the guest's: nothing is mapped there.
    private void refuse(long access) {
        long code = PageFaultCode.USER | (Access.isWrite(access) ? PageFaultCode.WRITE : 0);
        pageFault(Access.address(access), code);
    }

    private void pageFault(long gva, long code) {
        alone(() -> {
            long start = System.nanoTime();
            vm.software().pageFault(kernel, gva, code);
            account.spend(Cost.GUEST_FAULT, vm.cycles(System.nanoTime() - start));
        });
    }

    /// Memory that the access at the position needs could not be reached: exits for what is in the
    /// way, or loads a root that the kernel has backed since, and makes it here if it may be made.
    private void reach(long[] accesses) {
        alone(() -> {
            VmExit exit = finder.find(root.cr3(), accesses[position]);
            if (exit == null) {
                vm.ram().requireTrapped(vm.settings().name());
                root.reload();
                return;
            }
            try {
                finder.clear(exits, exit, root.cr3(), accesses[position]);
                root.reload();
                step(accesses);
            } finally {
                exits.endStep();
            }
        });
    }

    private GuestFailure failure(String what) {
        return new GuestFailure(
                VmExit.Cause.UNHANDLED_EXIT,
                "virtual CPU %d of %s: %s".formatted(index, vm.settings().name(), what));
    }

    void alone(Runnable work) {
        vm.alone(work);
    }

    <T> T alone(Supplier<T> work) {
        return vm.exclusively(work);
    }

    KvmExits exits() {
        return exits;
    }

    LoadedRoot root() {
        return root;
    }

    /// What it goes on by after its virtual machine was frozen.
    Succession succession() {
        return succession;
    }

    @Override
    public int position() {
        return position;
    }

    @Override
    public CpuState state() {
        return new CpuState(root.cr3(), cursor, checksum);
    }

    @Override
    public void restore(CpuState state) {
        alone(() -> root.load(state.cr3()));
        setProgram(state.cursor(), state.checksum());
    }

    @Override
    public void setProgram(long cursor, long checksum) {
        this.cursor = cursor;
        this.checksum = checksum;
    }

    @Override
    public void kick() {
        kicked = true;
        pause();
    }

    /// Gets it out of the guest, without an exit.
    void pause() {
        try {
            vcpu.kick();
        } catch (IllegalStateException e) {
            // Closed meanwhile, it is in no guest any more.
            if (!vm.isClosed()) {
                throw e;
            }
        }
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
    public Optional<MmuCounts> walkCounts() {
        return Optional.empty();
    }
}
