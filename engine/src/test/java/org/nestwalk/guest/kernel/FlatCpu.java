package org.nestwalk.guest.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// A CPU of [FlatMachine], in user mode and, as [KernelCpu], in its kernel.
final class FlatCpu implements VirtualCpu, KernelCpu {
    private static final long WRITABLE = 1;
    private static final long EXECUTABLE = 2;
    private static final long PAGE = 4096;

    private final FlatMachine machine;
    private final int index;
    private final FlatCaches caches = new FlatCaches();
    private final Account account = new Account();
    private final Map<Long, Walker> walkers = new HashMap<>();
    private long cr3;
    private long cursor;
    private long checksum = Checksum.START;
    private int position;
    private boolean kicked;

    FlatCpu(FlatMachine machine, int index) {
        this.machine = machine;
        this.index = index;
    }

    @Override
    public VmExit run(long[] accesses, int from, int to) {
        try {
            for (position = from; position < to; position++) {
                if (kicked) {
                    kicked = false;
                    return new VmExit.Interrupted();
                }
                access(accesses[position]);
            }
        } catch (GuestFailure failure) {
            return failure.failure();
        }
        return new VmExit.ProgramEnd();
    }

    private void access(long access) {
        long hpa = translate(access);
        if (Access.isFetch(access)) {
            return;
        }
        long word = hpa & -8;
        if (Access.kind(access) != Access.STORE) {
            checksum = Checksum.fold(checksum, machine.memory.read(word));
        }
        if (Access.isWrite(access)) {
            machine.memory.write(word, Checksum.value(cursor));
        }
        cursor++;
    }

    private long translate(long access) {
        long gva = Access.address(access);
        long needed = Access.isFetch(access) ? EXECUTABLE : Access.isWrite(access) ? WRITABLE : 0;
        Long known = caches.translation(pcid(), gva);
        if (known != null && (known & needed) == needed) {
            return (known & -PAGE) + gva % PAGE;
        }
        while (true) {
            Walker walker = walkers.computeIfAbsent(cr3, this::walker);
            Outcome outcome = walker.walk(gva, type(access));
            WalkResult result = walker.result();
            if (outcome == Outcome.OK) {
                long hpa = result.hostPhysicalAddress();
                boolean writable = result.guestWritable() && result.dirty();
                long flags =
                        (writable ? WRITABLE : 0)
                                | (result.guestNoExecute() ? 0 : EXECUTABLE)
                                | (result.guestPageLevel() == 2 ? FlatCaches.LARGE : 0);
                caches.keep(pcid(), gva, hpa & -PAGE | flags);
                return hpa;
            }
            if (outcome != Outcome.PAGE_FAULT) {
                throw new GuestFailure(VmExit.Cause.UNHANDLED_EXCEPTION, outcome.toString());
            }
            caches.forget(pcid(), gva);
            machine.software().pageFault(this, gva, result.code());
        }
    }

    private static int type(long access) {
        int kind =
                Access.isFetch(access)
                        ? AccessType.FETCH
                        : Access.isWrite(access) ? AccessType.WRITE : AccessType.READ;
        return kind | AccessType.USER;
    }

    private Walker walker(long root) {
        GuestRegisters registers =
                new GuestRegisters(
                        ControlRegisters.CR0_PE | ControlRegisters.CR0_PG | ControlRegisters.CR0_WP,
                        root,
                        ControlRegisters.CR4_PCIDE,
                        ControlRegisters.EFER_NXE,
                        0,
                        0,
                        GuestRegisters.PAT_AFTER_RESET);
        return new Walker(
                machine.memory,
                registers,
                PagingFeatures.ALL,
                SecondLevel.NONE,
                WalkVisitor.NONE,
                caches.of((int) (root & 0xfff)));
    }

    private int pcid() {
        return (int) (cr3 & 0xfff);
    }

    @Override
    public long load(long gpa) {
        return machine.memory.read(checked(gpa, 8));
    }

    @Override
    public void store(long gpa, long value) {
        machine.memory.write(checked(gpa, 8), value);
    }

    @Override
    public void zero(long gpa, long bytes) {
        checked(gpa, bytes);
        for (long at = gpa; at < gpa + bytes; at += 8) {
            machine.memory.write(at, 0);
        }
    }

    @Override
    public void copy(long from, long to, long bytes) {
        checked(from, bytes);
        checked(to, bytes);
        for (long at = 0; at < bytes; at += 8) {
            machine.memory.write(to + at, machine.memory.read(from + at));
        }
    }

    private long checked(long gpa, long bytes) {
        if (gpa < 0 || gpa % 8 != 0 || gpa + bytes > machine.settings().memoryBytes()) {
            throw new GuestFailure(VmExit.Cause.BEYOND_GUEST_MEMORY, Long.toHexString(gpa));
        }
        return gpa;
    }

    @Override
    public void validate(long gpa, long bytes) {
        for (long at = gpa; at < gpa + bytes; at += PAGE) {
            machine.validated.add(at);
        }
    }

    @Override
    public void access(int kind, long gva) {
        throw new UnsupportedOperationException("programs only");
    }

    @Override
    public void loadCr3(long value, boolean keep) {
        cr3 = value;
        if (!keep) {
            caches.forget(pcid());
        }
    }

    @Override
    public long cr3() {
        return cr3;
    }

    @Override
    public void invlpg(long gva) {
        caches.forget(pcid(), gva);
        caches.forgetTables(pcid());
    }

    @Override
    public void invpcidAddress(int pcid, long gva) {
        caches.forget(pcid, gva);
    }

    @Override
    public void invpcidContext(int pcid) {
        caches.forget(pcid);
    }

    @Override
    public long hypercall(int number, long first, long second, long third) {
        machine.hypercalls.add(new long[] {number, first, second, third});
        return NO_SUCH_CALL;
    }

    @Override
    public void spend(Cost cost, long cycles) {
        account.spend(cost, cycles);
    }

    @Override
    public void interrupt(int other, KernelWork work) {
        work.run(machine.cpus().get(other).kernel());
    }

    @Override
    public VirtualCpu cpu() {
        return this;
    }

    @Override
    public KernelCpu kernel() {
        return this;
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
    public int position() {
        return position;
    }

    @Override
    public CpuState state() {
        return new CpuState(cr3, cursor, checksum);
    }

    @Override
    public void restore(CpuState state) {
        caches.clear();
        cr3 = state.cr3();
        setProgram(state.cursor(), state.checksum());
    }

    @Override
    public void setProgram(long newCursor, long newChecksum) {
        cursor = newCursor;
        checksum = newChecksum;
    }

    @Override
    public void kick() {
        kicked = true;
    }

    @Override
    public void answer(long result) {}

    @Override
    public Account account() {
        return account;
    }

    @Override
    public long nanoseconds() {
        return 0;
    }

    @Override
    public Optional<MmuCounts> walkCounts() {
        return Optional.empty();
    }
}
