package org.nestwalk.lab.fork;

import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;

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

    /// That of simulated processors of so many cycles a nanosecond.
    static ForkClock simulated(double gigahertz) {
        return vm ->
                (long) (vm.background().cycles() / gigahertz)
                        + vm.cpus().stream().mapToLong(VirtualCpu::nanoseconds).sum();
    }
}
