package org.nestwalk.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.MmuCounts;

/// Runs a whole yardstick stream twice on one processor and prints, for each pass, million accesses
/// per second of this thread's processor time: what `yardstick/roofline.cc` prints of itself.
///
/// The first pass maps pages as they are touched and starts in the interpreter; the yardstick maps
/// beforehand and is compiled.
final class YardstickRun {
    private static final int ACCESSES = 20_000_000;

    private YardstickRun() {}

    /// Runs the stream `args[0]`, such as `yardstick-gups`.
    public static void main(String[] args) {
        long[] accesses = Streams.of(args[0], ACCESSES);
        Mmu mmu = Streams.processor(Machines.named("yardstick").model(), "nested:4K/4K");
        double first = pass(mmu, accesses);
        MmuCounts counts = mmu.counts().copy();
        double second = pass(mmu, accesses);
        System.out.printf(
                "%.2f %.2f %d %d %d%n",
                first, second, counts.l1Misses(), counts.walks.walks, counts.walks.references());
    }

    private static double pass(Mmu mmu, long[] accesses) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        int block = 1 << 15;
        for (int from = 0; from < accesses.length; from += block) {
            mmu.run(accesses, from, Math.min(from + block, accesses.length));
        }
        return accesses.length * 1e3 / (threads.getCurrentThreadCpuTime() - begin);
    }
}
