package org.nestwalk.guest;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;

/// A stream whose addresses are those of another, displaced by a constant: one more thread of a
/// program, with data of its own, in the same address space.
public final class DisplacedSource implements StepSource {
    private final StepSource source;
    private final long offset;

    /// The steps of `source`, `offset` bytes higher.
    ///
    /// @param offset a multiple of 4096, so that accesses cross the same page boundaries
    public DisplacedSource(StepSource source, long offset) {
        if (offset % 4096 != 0) {
            throw new IllegalArgumentException("offset " + offset + " is no multiple of 4096");
        }
        this.source = source;
        this.offset = offset;
    }

    @Override
    public int next(long[] block) {
        int count = source.next(block);
        for (int i = 0; i < count; i++) {
            block[i] = Access.displaced(block[i], offset);
        }
        return count;
    }

    @Override
    public @Nullable SystemCall call() {
        SystemCall call = source.call();
        return call == null ? null : call.displaced(offset);
    }
}
