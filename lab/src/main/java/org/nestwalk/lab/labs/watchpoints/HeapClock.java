package org.nestwalk.lab.labs.watchpoints;

import org.nestwalk.machine.VirtualCpu;

/// The time of CPUs: cycles on the simulated machine, nanoseconds on KVM.
@FunctionalInterface
interface HeapClock {
    /// Time that a CPU has run so far, in its guest and in exits.
    long of(VirtualCpu cpu);

    /// Nanoseconds of the host.
    static HeapClock measured() {
        return VirtualCpu::nanoseconds;
    }

    /// Cycles of a processor whose accesses take `accessCycles` when nothing is missed.
    static HeapClock simulated(int accessCycles) {
        return cpu -> cpu.walkCounts().orElseThrow().cycles(accessCycles) + cpu.account().cycles();
    }
}
