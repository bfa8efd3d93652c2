package org.nestwalk.guest.program;

import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;

/// A stream made of operations, such as one lookup, of a bounded number of accesses each. Blocks of
/// any length cut it at any access, without a trace in the stream.
public abstract class OperationSource implements AccessSource {
    private final int longest;
    private final long[] spill;
    private int spillAt;
    private int spillEnd;
    private long remaining;

    /// A stream of `accesses`, of operations with at most `longest` accesses.
    protected OperationSource(long accesses, int longest) {
        remaining = accesses;
        this.longest = longest;
        spill = new long[longest];
    }

    /// Writes whole operations to `out` from index `at`: the first in any case and further ones
    /// while they begin at or before index `lastStart`. Returns the index after the last access. An
    /// operation may be empty.
    protected abstract int append(long[] out, int at, int lastStart);

    @Override
    public final int next(long[] block) {
        int wanted = (int) Math.min(block.length, remaining);
        int filled = drainSpill(block, 0, wanted);
        int lastStart = wanted - longest;
        while (filled <= lastStart) {
            filled = append(block, filled, lastStart);
        }
        while (filled < wanted) {
            spillAt = 0;
            spillEnd = append(spill, 0, 0);
            filled = drainSpill(block, filled, wanted);
        }
        remaining -= wanted;
        return wanted;
    }

    private int drainSpill(long[] block, int at, int wanted) {
        int taken = Math.min(spillEnd - spillAt, wanted - at);
        System.arraycopy(spill, spillAt, block, at, taken);
        spillAt += taken;
        return at + taken;
    }

    /// A packed load of the word at `address`.
    protected static long load(long address) {
        return Access.pack(Access.LOAD, address);
    }

    /// A packed store to the word at `address`.
    protected static long store(long address) {
        return Access.pack(Access.STORE, address);
    }

    /// A load whose address comes from the load `distance` accesses earlier; of what is further
    /// away than an access can say, nothing is said.
    static long loadAfter(int distance, long address) {
        return distance > Access.FARTHEST ? load(address) : Access.after(load(address), distance);
    }

    /// A store likewise.
    static long storeAfter(int distance, long address) {
        return distance > Access.FARTHEST ? store(address) : Access.after(store(address), distance);
    }

    /// What a draw's upper 53 bits must be below, for an event of this probability.
    protected static long threshold(double probability) {
        return (long) (probability * 0x1p53);
    }
}
