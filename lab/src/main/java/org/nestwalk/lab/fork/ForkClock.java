package org.nestwalk.lab.fork;

import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.CostModel;

/// The time that work on a virtual machine takes: simulated from what its CPUs and its background
/// account have spent, or the host's.
@FunctionalInterface
interface ForkClock {
    /// The host's own.
    ForkClock MEASURED = _ -> System.nanoTime();

    /// Nanoseconds that `vm` has taken so far.
    long read(VirtualMachine vm);

    /// Nanoseconds that `work` takes on `vm`.
    default long time(VirtualMachine vm, Runnable work) {
        long before = read(vm);
        work.run();
        return read(vm) - before;
    }

    /// That of processors with `costs`.
    static ForkClock simulated(CostModel costs) {
        return vm -> {
            long cycles = vm.background().cycles();
            for (VirtualCpu cpu : vm.cpus()) {
                MmuCounts counts = cpu.walkCounts().orElseThrow();
                cycles +=
                        counts.accesses() * costs.accessCycles()
                                + counts.translationCycles()
                                + counts.dataCycles
                                + cpu.account().cycles();
            }
            return (long) (cycles / costs.frequencyGHz());
        };
    }
}
