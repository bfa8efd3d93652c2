package org.nestwalk.traces.record;

/// What the instructions of a block do to registers, as sets of registers that `flow.h` describes,
/// for [RegisterFlow] to follow fast: nearly all sets have two members at most.
final class BlockFlow {
    /// A block of which nothing is known.
    static final BlockFlow UNKNOWN = new BlockFlow(new long[0]);

    /// Sets of an instruction, which words of a packet hold in this order.
    static final int FOR_LOADS = 0;

    static final int FOR_STORES = 1;
    static final int SOURCES = 2;
    static final int WRITTEN = 3;
    static final int SETS = 4;

    /// A register that no instruction writes, and one that none reads: members of sets that have
    /// fewer than are looked at.
    static final int NEVER_WRITTEN = 63;

    static final int NEVER_READ = 62;

    /// In place of a pair, if a set is larger.
    static final int LARGE = -1;

    private static final int BITS = 6;
    private static final int MASK = (1 << BITS) - 1;

    private final long[] sets;
    private final int[] pairs;
    private final int[] effects;
    private final short[] nextWriter;

    /// Of a block whose instructions have four sets each.
    BlockFlow(long[] sets) {
        this.sets = sets;
        pairs = new int[sets.length];
        for (int i = 0; i < sets.length; i++) {
            int fill = i % SETS == WRITTEN ? NEVER_READ : NEVER_WRITTEN;
            pairs[i] = pair(sets[i], fill);
        }
        int count = sets.length / SETS;
        effects = new int[count];
        nextWriter = new short[count + 1];
        nextWriter[count] = (short) count;
        for (int i = count - 1; i >= 0; i--) {
            int sources = pair(i, SOURCES);
            int written = pair(i, WRITTEN);
            effects[i] =
                    sources == LARGE || written == LARGE ? LARGE : sources | written << 2 * BITS;
            nextWriter[i] = set(i, WRITTEN) == 0 ? nextWriter[i + 1] : (short) i;
        }
    }

    private static int pair(long set, int fill) {
        if (Long.bitCount(set) > 2) {
            return LARGE;
        }
        int first = set == 0 ? fill : Long.numberOfTrailingZeros(set);
        int second = Long.bitCount(set) < 2 ? fill : 63 - Long.numberOfLeadingZeros(set);
        return first | second << BITS;
    }

    /// How many instructions it has.
    int instructions() {
        return effects.length;
    }

    /// The first instruction from `at` on that writes a register, or [#instructions].
    int nextWriter(int at) {
        return nextWriter[at];
    }

    /// The members of an instruction's [#SOURCES] as [#first] and [#second], and those that it
    /// writes as [#third] and [#fourth] of what is returned, or [#LARGE].
    int effect(int instruction) {
        return effects[instruction];
    }

    /// The members of a set as [#first] and [#second] of what is returned, or [#LARGE].
    int pair(int instruction, int set) {
        return pairs[SETS * instruction + set];
    }

    /// A set, one bit a register.
    long set(int instruction, int set) {
        return sets[SETS * instruction + set];
    }

    static int first(int pair) {
        return pair & MASK;
    }

    static int second(int pair) {
        return pair >>> BITS & MASK;
    }

    static int third(int effect) {
        return effect >>> 2 * BITS & MASK;
    }

    static int fourth(int effect) {
        return effect >>> 3 * BITS & MASK;
    }
}
