package org.nestwalk.guest.program;

import org.nestwalk.parameter.Parameter;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;
import org.nestwalk.random.ZipfDistribution;

/// A key-value store: a get or set of a key of Zipf-distributed popularity loads its slot in the
/// hash index and then loads or stores every 64-byte line of its value.
///
/// The index has one 16-byte slot a key and comes first; values follow. Popularity is independent
/// of the place in either: two seeded permutations scatter the ranks.
final class ZipfKeyValue extends OperationSource {
    private static final int SLOT = 16;
    private static final int LINE = 64;

    /// Keys that are drawn at once.
    private static final int BATCH = 256;

    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "zipf",
                    "gets and sets in a key-value store whose keys' popularity is Zipf-distributed",
                    "Cooper et al., \"Benchmarking cloud serving systems with YCSB\", SoCC 2010;"
                            + " draws by Hörmann and Derflinger, ACM TOMACS 6(3), 1996",
                    1 << 20,
                    ZipfKeyValue::new,
                    Parameter.number("writes", "share of stores", 0.05, 0, 0.5),
                    Parameter.number("exponent", "of the Zipf distribution", 0.99, 0.01, 10),
                    Parameter.multiple("value", "bytes of a value", 64, LINE, LINE, 1 << 16));

    private final long index;
    private final long values;
    private final long valueBytes;
    private final long setBelow;
    private final Permutation slotOfRank;
    private final Permutation valueOfRank;
    private final ZipfDistribution ranks;
    private final Xoshiro256 random;
    private final int length;
    private final long[] drawn = new long[BATCH];
    private final long[] slots = new long[BATCH];
    private final long[] places = new long[BATCH];
    private final boolean[] sets = new boolean[BATCH];

    ZipfKeyValue(ProgramArguments arguments) {
        super(arguments.accesses(), 1 + (int) arguments.size("value") / LINE);
        valueBytes = arguments.size("value");
        long keys = arguments.footprint() / (SLOT + valueBytes) & -(LINE / SLOT);
        index = arguments.base();
        values = index + keys * SLOT;
        long lines = valueBytes / LINE;
        length = 1 + (int) lines;
        setBelow = threshold(arguments.number("writes") * (1 + lines) / lines);
        long seed = arguments.seed();
        slotOfRank = new Permutation(keys, SplitMix64.hash(seed, 1));
        valueOfRank = new Permutation(keys, SplitMix64.hash(seed, 2));
        ranks = new ZipfDistribution(keys, arguments.number("exponent"));
        random = new Xoshiro256(seed);
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            int count = Math.min(BATCH, 1 + Math.max(0, lastStart - at) / length);
            draw(count);
            for (int i = 0; i < count; i++) {
                at = append(out, at, slots[i], places[i], sets[i]);
            }
        } while (at <= lastStart);
        return at;
    }

    /// Draws keys, and what is done with them, and finds where they are.
    private void draw(int count) {
        for (int i = 0; i < count; i++) {
            drawn[i] = ranks.next(random) - 1;
            sets[i] = random.nextLong() >>> 11 < setBelow;
        }
        slotOfRank.apply(drawn, count, slots);
        valueOfRank.apply(drawn, count, places);
    }

    private int append(long[] out, int at, long slot, long place, boolean set) {
        out[at++] = load(index + slot * SLOT);
        long value = values + place * valueBytes;
        for (long line = 0; line < valueBytes; line += LINE) {
            int since = 1 + (int) (line / LINE);
            out[at++] = set ? storeAfter(since, value + line) : loadAfter(since, value + line);
        }
        return at;
    }
}
