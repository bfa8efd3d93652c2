package org.nestwalk.guest.program;

import org.nestwalk.parameter.Parameter;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// A hash join without partitioning of relation R, whose keys are unique, and relation S, each of
/// whose keys is that of a random tuple of R: R is read in order and put into a hash table (build),
/// then S is read in order and each key looked up (probe).
///
/// Tuples have 16 bytes. A bucket is a cache line of 64 bytes: an 8-byte header with latch and
/// count, then two tuples at offsets 16 and 32; there are half as many buckets as tuples in R, and
/// the hash is the key modulo their number, so each gets exactly two. R comes first, then the
/// table, then S. To build with a tuple is to load it, load and store the header and store the
/// tuple; to probe is to load the header and the tuples up to the one sought.
///
/// When there are fewer accesses than a whole join makes, both phases are cut in proportion.
final class HashJoin extends OperationSource {
    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "hash-join",
                    "build and probe of a no-partitioning hash join",
                    "Blanas, Li and Patel, \"Design and evaluation of main memory hash join"
                            + " algorithms for multi-core CPUs\", SIGMOD 2011; Balkesen et al.,"
                            + " ICDE 2013",
                    1 << 20,
                    HashJoin::new,
                    Parameter.count("ratio", "tuples of S for each of R", 4, 1, 256),
                    Parameter.choice("phase", "what to run", "join", "build", "probe"));

    private static final int TUPLE = 16;
    private static final int BUCKET = 64;
    private static final int BUILD_ACCESSES = 4;
    private static final double PROBE_ACCESSES = 3.5;

    private final long r;
    private final long table;
    private final long s;
    private final long buckets;
    private final long builds;
    private final long probes;
    private final Permutation keyOfTuple;
    private final Xoshiro256 random;
    private long done;

    HashJoin(ProgramArguments arguments) {
        super(arguments.accesses(), BUILD_ACCESSES);
        long ratio = arguments.count("ratio");
        buckets = arguments.footprint() / (2 * TUPLE + BUCKET + 2 * TUPLE * ratio);
        long tuples = 2 * buckets;
        r = arguments.base();
        table = r + tuples * TUPLE;
        s = table + buckets * BUCKET;
        keyOfTuple = new Permutation(tuples, SplitMix64.hash(arguments.seed(), 1));
        random = new Xoshiro256(arguments.seed());
        double whole = (double) tuples * (BUILD_ACCESSES + PROBE_ACCESSES * ratio);
        double part = Math.min(1, arguments.accesses() / whole);
        String phase = arguments.text("phase");
        builds =
                switch (phase) {
                    case "build" -> tuples;
                    case "probe" -> 0;
                    default -> Math.max(1, (long) (tuples * part));
                };
        probes = phase.equals("build") ? 0 : tuples * ratio;
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            at = done < builds ? build(out, at, done) : probe(out, at, done - builds);
            done = done + 1 == builds + probes ? 0 : done + 1;
        } while (at <= lastStart);
        return at;
    }

    private int build(long[] out, int at, long tuple) {
        long key = keyOfTuple.apply(tuple);
        long bucket = bucket(key);
        out[at] = load(r + tuple * TUPLE);
        out[at + 1] = loadAfter(1, bucket);
        out[at + 2] = storeAfter(1, bucket + TUPLE * (1L + position(key, tuple)));
        out[at + 3] = storeAfter(3, bucket);
        return at + BUILD_ACCESSES;
    }

    private int probe(long[] out, int at, long tuple) {
        long key = random.nextBelow(keyOfTuple.size());
        long bucket = bucket(key);
        out[at++] = load(s + tuple * TUPLE);
        out[at++] = loadAfter(1, bucket);
        out[at++] = loadAfter(2, bucket + TUPLE);
        if (position(key, keyOfTuple.invert(key)) == 1) {
            out[at++] = loadAfter(3, bucket + 2 * TUPLE);
        }
        return at;
    }

    private long bucket(long key) {
        return table + (key < buckets ? key : key - buckets) * BUCKET;
    }

    /// 0 or 1: whether the tuple of R with this key enters its bucket first or second.
    private int position(long key, long tuple) {
        long other = key < buckets ? key + buckets : key - buckets;
        return keyOfTuple.invert(other) < tuple ? 1 : 0;
    }
}
