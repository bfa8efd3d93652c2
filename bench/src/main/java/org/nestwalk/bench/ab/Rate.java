package org.nestwalk.bench.ab;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;

/// How fast a piece of work is on this thread, once it is compiled.
final class Rate {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long WARM_UP = 1_000_000_000;
    private static final long MEASURED = 1_500_000_000;
    private static final int LEAST_PASSES = 3;

    private Rate() {}

    /// Does `pass`, which returns the number of accesses it processed, again and again: first for a
    /// second that does not count, then for one and a half. Returns the fastest pass's million
    /// accesses per second of this thread's processor time: what else the machine does only makes
    /// passes slower.
    static double of(LongSupplier pass) {
        repeat(pass, WARM_UP);
        return Collections.max(repeat(pass, MEASURED));
    }

    private static List<Double> repeat(LongSupplier pass, long nanoseconds) {
        List<Double> rates = new ArrayList<>();
        long begin = THREADS.getCurrentThreadCpuTime();
        long before = begin;
        while (rates.size() < LEAST_PASSES || before - begin < nanoseconds) {
            long accesses = pass.getAsLong();
            long now = THREADS.getCurrentThreadCpuTime();
            rates.add(accesses * 1e3 / (now - before));
            before = now;
        }
        return rates;
    }

    /// Prints a rate and what was computed, as `bench/ab` expects.
    static void print(double rate, long checksum) {
        System.out.printf("%.6f %016x%n", rate, checksum);
    }
}
