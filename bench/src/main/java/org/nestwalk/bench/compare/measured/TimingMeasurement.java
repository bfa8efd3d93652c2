package org.nestwalk.bench.compare.measured;

import java.util.List;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.model.ProcessorModel;

/// What the time model of overlapping accesses costs beside that of a blocking machine. Measures,
/// in turns, seven setups on the machine with one and with the other, over blocks in memory, in
/// millions of translated accesses a second of the thread's processor time.
public final class TimingMeasurement {
    private static final int PAIRS = 3;
    private static final int WARM_UP = 1;

    private TimingMeasurement() {}

    /// Measures with the trace or program `args[0]`.
    public static void main(String[] args) {
        List<long[]> blocks = new SevenSetups(args[0]).blocks();
        double amount =
                (double) Setups.DEFAULT.size()
                        * blocks.stream().mapToLong(block -> block.length).sum();
        ProcessorModel overlapping = SevenSetups.MACHINE;
        ProcessorModel blocking = overlapping.withOverlap(null);
        Values values = new Values();
        for (int pair = -WARM_UP; pair < PAIRS; pair++) {
            double with = Clock.ofThread(() -> SevenSetups.alone(overlapping, blocks));
            double without = Clock.ofThread(() -> SevenSetups.alone(blocking, blocks));
            if (pair >= 0) {
                values.add("overlap", amount / with / 1e6);
                values.add("blocking", amount / without / 1e6);
            }
        }
        System.out.print(values.text());
    }
}
