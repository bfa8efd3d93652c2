package org.nestwalk.bench.compare.measured;

import org.nestwalk.bench.Streams;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.count.WalkCounts;

/// Runs a stream of the yardstick over and over on one processor: rates of the first pass, in which
/// pages are mapped and code is compiled, and of later ones, in which neither happens; and what the
/// first pass counted.
public final class StreamMeasurement {
    /// What asks for tables at the yardstick's addresses.
    public static final String YARDSTICK_TABLES = "yardstick-tables";

    private static final int BLOCK = 1 << 15;

    private StreamMeasurement() {}

    /// Runs accesses of a stream in a mode: `args` are the mode, the stream's name after
    /// `yardstick-`, the number of accesses, and perhaps [#YARDSTICK_TABLES].
    public static void main(String[] args) {
        Mode mode = Mode.valueOf(args[0]);
        long[] accesses = Streams.of("yardstick-" + args[1], Integer.parseInt(args[2]));
        boolean alike = args.length > 3 && args[3].equals(YARDSTICK_TABLES);
        Mmu mmu = alike ? mode.processorOnYardstickTables(accesses) : mode.processor();
        double[] first = {pass(mmu, accesses)};
        MmuCounts counts = mmu.counts().copy();
        // One more, now that pages are mapped: the compiler may think again.
        Repetition.times(1, 1.5, () -> pass(mmu, accesses));
        double[] steady = Repetition.times(2, 1.5, () -> pass(mmu, accesses));
        Values values = new Values();
        values.add("first", Repetition.rates(accesses.length, first));
        values.add("steady", Repetition.rates(accesses.length, steady));
        System.out.print(counted(counts, values).text());
    }

    private static Values counted(MmuCounts counts, Values values) {
        WalkCounts walks = counts.walks;
        values.count("l1-misses", counts.l1Misses());
        values.count("walks", walks.walks);
        values.count("references", walks.references());
        values.count("starts", walks.starts[0], walks.starts[2], walks.starts[3], walks.starts[4]);
        for (int server = 0; server < 4; server++) {
            values.count("served", walks.guestServed[server] + walks.secondServed[server]);
        }
        return values;
    }

    private static double pass(Mmu mmu, long[] accesses) {
        return Clock.ofThread(() -> {
            for (int from = 0; from < accesses.length; from += BLOCK) {
                mmu.run(accesses, from, Math.min(from + BLOCK, accesses.length));
            }
        });
    }
}
