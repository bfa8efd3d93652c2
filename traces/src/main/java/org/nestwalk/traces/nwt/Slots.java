package org.nestwalk.traces.nwt;

import java.util.Arrays;

/// What encoder and decoder remember of earlier data accesses, to predict the next: a table of
/// slots, one per data access of an instruction.
///
/// ```text
///  state[4 * slot + 0]   the address this slot accessed last
///  state[4 * slot + 1]   its stride: that address minus the one before
///  state[4 * slot + 2]   its offset: that address minus the data access before it, of any slot
///  state[4 * slot + 3]   its distance back to the access it depended on last, where that is known
/// ```
///
/// The slot is a hash of the instruction's address and of the access's position in it. Two accesses
/// that share one by accident are predicted badly, and still decoded exactly.
public final class Slots {
    static final int COUNT = 1 << 15;

    final long[] state = new long[4 * COUNT];

    /// Forgets everything, as at the start of each block.
    void reset() {
        Arrays.fill(state, 0);
    }

    /// The index in [#state] for the data access number `ordinal` after the fetch at `pc`; without
    /// a fetch, `pc` is 0 and `ordinal` the access's kind and size.
    static int indexOf(long pc, int ordinal) {
        long hash = (pc + ordinal * 0x632BE59BD9B4E019L) * 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 49) << 2;
    }
}
