package org.nestwalk.lab.vm;

import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;

/// A virtual machine, on whatever machine, whose guest has mapped all that its programs use, as
/// after being restored from a snapshot: it takes no page faults, and what is missing is missing in
/// the second level only.
public final class MappedGuest {
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final VirtualMachine vm;
    private final Hypervisor hypervisor;
    private final long dataStart;

    /// Creates the virtual machine on `machine`.
    ///
    /// @param cpus virtual CPUs, which share one address space
    /// @param base first linear address of programs, and `bytes` how many there are
    /// @param pages of the guest: 4 KiB or 2 MiB
    public MappedGuest(
            Machine machine,
            int cpus,
            long base,
            long bytes,
            PageSize pages,
            BackingPolicy backing) {
        long first = base & -LARGE;
        long data = roundUp(base + bytes - first);
        dataStart = dataStart(data);
        vm =
                machine.create(
                        new VmSettings(
                                "the guest", dataStart + data, cpus, TranslationMode.NESTED));
        hypervisor = Hypervisor.start(vm, backing);
        vm.exclusively(() -> {
            long root = new GuestTables(vm.memory(), LARGE).map(first, dataStart, data, pages);
            vm.cpus().forEach(cpu -> cpu.kernel().loadCr3(root, false));
        });
    }

    /// Bytes of memory that such a guest has, a multiple of 2 MiB.
    public static long memoryFor(long base, long bytes) {
        long data = roundUp(base + bytes - (base & -LARGE));
        return dataStart(data) + data;
    }

    private static long dataStart(long data) {
        return LARGE + roundUp((data / LARGE + 8) * PageSize.SIZE_4K.bytes());
    }

    private static long roundUp(long bytes) {
        return bytes + LARGE - 1 & -LARGE;
    }

    /// The virtual machine.
    public VirtualMachine vm() {
        return vm;
    }

    /// Its hypervisor, which answers no hypercall yet.
    public Hypervisor hypervisor() {
        return hypervisor;
    }

    /// Guest-physical address of the first byte of programs' memory, rounded down to 2 MiB; tables
    /// are before it.
    public long dataStart() {
        return dataStart;
    }

    /// Runs a program on the first CPU to its end, or until whoever watches ends the work.
    ///
    /// @param block accesses made at a time
    /// @return false if it was ended
    public boolean run(AccessSource source, int block, Meter meter) {
        VirtualCpu cpu = vm.cpus().getFirst();
        long[] accesses = new long[block];
        boolean goOn = true;
        for (int count = source.next(accesses); count > 0 && goOn; count = source.next(accesses)) {
            VmExit exit = cpu.run(accesses, 0, count);
            if (!(exit instanceof VmExit.ProgramEnd)) {
                throw new IllegalStateException("the program ended with " + exit);
            }
            goOn = meter.add(count);
        }
        return goOn;
    }
}
