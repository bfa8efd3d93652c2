package org.nestwalk.kvm.machine;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.ExitQualification;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.KernelStore;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.WalkResult;

/// A virtual CPU in kernel mode: the kernel is Java code, and what it does to guest memory is done
/// from outside the guest, with the traps and the log that the guest's own accesses have.
final class KvmKernelCpu implements KernelCpu {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int MOST_FAULTS = 10_000;
    private static final long ROOT = 0x000f_ffff_ffff_f000L;

    private final KvmCpu cpu;
    private final KvmVirtualMachine vm;
    private final GuestRam memory;
    private final FaultFinder finder;
    private @Nullable KernelStore storing;

    KvmKernelCpu(KvmCpu cpu, FaultFinder finder) {
        this.finder = finder;
        this.cpu = cpu;
        this.vm = cpu.vm();
        this.memory = vm.ram();
    }

    @Override
    public VirtualCpu cpu() {
        return cpu;
    }

    @Override
    public long load(long gpa) {
        check(gpa, Long.BYTES);
        return cpu.alone(() -> {
            reach(gpa, false);
            return vm.roots().hides(gpa) ? 0 : memory.read(gpa);
        });
    }

    @Override
    public void store(long gpa, long value) {
        check(gpa, Long.BYTES);
        cpu.alone(() -> {
            KernelStore before = storing;
            storing = before == null ? KernelStore.of(value) : before;
            try {
                reach(gpa, true);
            } finally {
                storing = before;
            }
            if (vm.roots().hides(gpa)) {
                return;
            }
            vm.changes().note(gpa, memory.read(gpa));
            memory.write(gpa, value);
        });
    }

    @Override
    public @Nullable KernelStore storing() {
        return storing;
    }

    @Override
    public long fetchLinear(long gva) {
        return cpu.alone(() -> load(translate(gva, AccessType.FETCH)));
    }

    @Override
    public long loadLinear(long gva) {
        return cpu.alone(() -> load(translate(gva, AccessType.READ)));
    }

    @Override
    public void storeLinear(long rip, long gva, long value) {
        cpu.alone(() -> {
            storing = new KernelStore(rip, gva, value);
            try {
                store(translate(gva, AccessType.WRITE), value);
            } finally {
                storing = null;
            }
        });
    }

    /// The guest-physical address to which the guest's tables translate `gva` for its kernel.
    private long translate(long gva, int type) {
        for (int tries = 0; tries < MOST_FAULTS; tries++) {
            WalkResult result = finder.walkAsKernel(cpu.root().cr3(), gva, type);
            long gpa = result.guestPhysicalAddress();
            switch (result.outcome()) {
                case OK -> {
                    return gpa;
                }
                case EPT_VIOLATION -> {
                    check(gpa, Long.BYTES);
                    boolean table = (result.code() & ExitQualification.FINAL) == 0;
                    if (!table && memory.isBacked(gpa)) {
                        return gpa; // the store exits
                    }
                    reach(gpa, false);
                }
                case PAGE_FAULT -> vm.software().pageFault(this, gva, result.code());
                default ->
                        throw new GuestFailure(
                                VmExit.Cause.UNHANDLED_EXCEPTION,
                                "the kernel's access to 0x%x ends with %s"
                                        .formatted(gva, result.outcome()));
            }
        }
        throw new GuestFailure(
                VmExit.Cause.UNHANDLED_EXIT,
                "the kernel's access to 0x%x fails again and again".formatted(gva));
    }

    @Override
    public void zero(long gpa, long bytes) {
        check(gpa, bytes);
        cpu.alone(() -> {
            for (long page = gpa; page < gpa + bytes; page += PAGE) {
                reach(page, true);
                vm.roots().remove(page);
                memory.segment().asSlice(page, PAGE).fill((byte) 0);
            }
        });
    }

    @Override
    public void copy(long from, long to, long bytes) {
        check(from, bytes);
        check(to, bytes);
        cpu.alone(() -> {
            for (long offset = 0; offset < bytes; offset += PAGE) {
                reach(from + offset, false);
                reach(to + offset, true);
                vm.roots().remove(to + offset);
                MemorySegment.copy(
                        memory.segment(), from + offset, memory.segment(), to + offset, PAGE);
            }
        });
    }

    /// Backs the page of `gpa` and takes its protection away, with the exits that this takes, and
    /// notes a write.
    private void reach(long gpa, boolean write) {
        if (!memory.isBacked(gpa)) {
            int access = write ? SecondLevelMap.WRITE : SecondLevelMap.READ;
            cpu.exits().handle(new VmExit.Violation(gpa, -1, access, false, false));
            if (!memory.isBacked(gpa)) {
                throw new GuestFailure(
                        VmExit.Cause.UNHANDLED_EXIT,
                        "the page at guest-physical address 0x%x is still not backed"
                                .formatted(gpa));
            }
        }
        if (write) {
            if (memory.isProtected(gpa)) {
                cpu.exits().handle(new VmExit.WriteTrap(gpa, -1, false));
            }
            // If it is performed: stores here are not trapped.
            cpu.exits().endStep();
            vm.log().trackers().written(gpa & -PAGE, PAGE);
        }
    }

    /// Cannot be made: the guest's kernel does not run in the guest.
    @Override
    public void access(int kind, long gva) {
        throw new UnsupportedOperationException(
                "on KVM the guest's kernel makes no accesses by linear address");
    }

    @Override
    public void loadCr3(long cr3, boolean keep) {
        long root = cr3 & ROOT;
        check(root, PAGE);
        cpu.alone(() -> cpu.root().load(cr3));
    }

    @Override
    public long cr3() {
        return cpu.root().cr3();
    }

    @Override
    public void invlpg(long gva) {
        cpu.alone(cpu.root()::flush);
    }

    /// No translations are kept under other PCIDs.
    @Override
    public void invpcidAddress(int pcid, long gva) {
        invpcidContext(pcid);
    }

    @Override
    public void invpcidContext(int pcid) {
        if (pcid == (int) (cpu.root().cr3() & PAGE - 1)) {
            cpu.alone(cpu.root()::flush);
        }
    }

    @Override
    public long hypercall(int number, long first, long second, long third) {
        cpu.answer(NO_SUCH_CALL);
        cpu.alone(() -> cpu.exits().handle(new VmExit.Hypercall(number, first, second, third)));
        return cpu.answer();
    }

    /// Charges nothing: here time is what it is.
    @Override
    public void spend(Cost cost, long cycles) {}

    @Override
    public void interrupt(int index, KernelWork work) {
        KernelCpu other = vm.cpus().get(index).kernel();
        cpu.alone(() -> work.run(other));
    }

    private void check(long gpa, long bytes) {
        vm.settings().checkInside(gpa, bytes);
    }
}
