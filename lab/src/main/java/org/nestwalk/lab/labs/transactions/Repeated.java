package org.nestwalk.lab.labs.transactions;

import java.util.function.LongUnaryOperator;
import org.nestwalk.guest.AccessSource;

/// A program whose accesses follow from their number.
final class Repeated implements AccessSource {
    private final long total;
    private final LongUnaryOperator accesses;
    private long next;

    /// @param accesses the packed access with a number from 0 to `total` - 1
    Repeated(long total, LongUnaryOperator accesses) {
        this.total = total;
        this.accesses = accesses;
    }

    @Override
    public int next(long[] block) {
        int count = (int) Math.min(block.length, total - next);
        for (int i = 0; i < count; i++) {
            block[i] = accesses.applyAsLong(next++);
        }
        return count;
    }
}
