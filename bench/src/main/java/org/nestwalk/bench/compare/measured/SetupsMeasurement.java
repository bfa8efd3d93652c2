package org.nestwalk.bench.compare.measured;

import java.util.List;
import org.nestwalk.lab.setup.Setups;

/// What a comparison of seven setups costs beside the engine: decoding, blocks, the seven taking
/// turns. Measures, in turns, a whole comparison with one thread and seven runs of the engine alone
/// over blocks in memory, in millions of translated accesses a second of the process's time.
public final class SetupsMeasurement {
    private static final int PAIRS = 4;

    private SetupsMeasurement() {}

    /// Measures with the trace `args[0]`.
    public static void main(String[] args) {
        SevenSetups setups = new SevenSetups(args[0]);
        List<long[]> blocks = setups.blocks();
        double amount =
                (double) Setups.DEFAULT.size()
                        * blocks.stream().mapToLong(block -> block.length).sum();
        long alone = SevenSetups.alone(blocks);
        long compared = setups.compare(1);
        if (alone != compared) {
            throw new IllegalStateException(compared + " walks, but alone " + alone);
        }
        Values values = new Values();
        for (int pair = 0; pair < PAIRS; pair++) {
            double run = Clock.ofProcess(() -> setups.compare(1));
            double sum = Clock.ofProcess(() -> SevenSetups.alone(blocks));
            values.add("run", amount / run / 1e6).add("alone", amount / sum / 1e6);
        }
        System.out.print(values.text());
    }
}
