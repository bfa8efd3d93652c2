package org.nestwalk.guest.program;

import java.util.List;
import org.nestwalk.random.Xoshiro256;

/// Loads of words of 1 GiB whose 4-KiB pages have Zipf-distributed popularity with exponent 0.99,
/// from seed 42: a fixed stream, for comparisons with other simulators.
///
/// Ranks are drawn by inversion of the cumulative distribution and scattered over the pages by an
/// odd multiplier; the word in the page is uniform. The search for the rank starts where a table
/// says for the draw's upper bits (Chen and Asau, "On generating random variates from an empirical
/// distribution", AIIE Transactions 6(2), 1974).
final class YardstickZipf extends OperationSource {
    static final ProgramDefinition DEFINITION =
            new ProgramDefinition(
                    "yardstick-zipf",
                    "fixed stream for comparisons: loads of 1 GiB, pages Zipf-distributed",
                    "defined here",
                    List.of(ProgramDefinition.accesses(20_000_000)),
                    1L << 30,
                    YardstickZipf::new);

    private static final int PAGES = 262_144;
    private static final int GUIDES = 1 << 20;

    private final Xoshiro256 random = new Xoshiro256(YardstickGups.SEED);
    private final double[] cumulative = new double[PAGES];
    private final int[] guide = new int[GUIDES];
    private final double total;

    YardstickZipf(ProgramArguments arguments) {
        super(arguments.accesses(), 1);
        double sum = 0;
        for (int i = 0; i < PAGES; i++) {
            sum += 1.0 / StrictMath.pow(i + 1, 0.99);
            cumulative[i] = sum;
        }
        total = sum;
        for (int i = 0, rank = 0; i < GUIDES; i++) {
            rank = lowerBound(rank, (double) i / GUIDES * total);
            guide[i] = rank;
        }
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            double draw = random.nextFraction();
            long rank = lowerBound(guide[(int) (draw * GUIDES)], draw * total);
            long page = (rank * 0x9e3779b1L + 12_345) & (PAGES - 1);
            out[at++] =
                    load(ProgramArguments.BASE + (page << 12) + ((random.nextLong() & 511) << 3));
        } while (at <= lastStart);
        return at;
    }

    /// The first rank, from `from`, whose cumulative weight is not below `weight`, or the last.
    private int lowerBound(int from, double weight) {
        int rank = from;
        while (rank < PAGES - 1 && cumulative[rank] < weight) {
            rank++;
        }
        return rank;
    }
}
