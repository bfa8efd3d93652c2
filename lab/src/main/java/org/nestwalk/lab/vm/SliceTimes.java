package org.nestwalk.lab.vm;

import java.util.concurrent.atomic.AtomicLongArray;

/// The host's time that virtual CPUs have spent in their slices.
final class SliceTimes {
    private final AtomicLongArray nanoseconds;

    /// Of `cpus` CPUs.
    SliceTimes(int cpus) {
        nanoseconds = new AtomicLongArray(cpus);
    }

    /// CPU `cpu` has run a slice since `start`, a value of [System#nanoTime].
    void add(int cpu, long start) {
        nanoseconds.addAndGet(cpu, System.nanoTime() - start);
    }

    /// Nanoseconds of the CPU that has run for the longest time.
    long most() {
        long most = 0;
        for (int cpu = 0; cpu < nanoseconds.length(); cpu++) {
            most = Math.max(most, nanoseconds.get(cpu));
        }
        return most;
    }
}
