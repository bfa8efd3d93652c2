package org.nestwalk.guest;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;

/// The beginning of a stream: its first accesses, and the system calls before the last of them.
public final class FirstAccesses implements StepSource {
    private final StepSource source;
    private long left;
    private boolean cut;

    /// The first `limit` accesses of `source`.
    public FirstAccesses(StepSource source, long limit) {
        this.source = source;
        this.left = limit;
    }

    @Override
    public int next(long[] block) {
        int read = left == 0 ? 0 : source.next(block);
        cut = left == 0;
        int end = Access.skip(block, 0, read, left);
        left -= Access.count(block, 0, end);
        cut |= left == 0;
        return end;
    }

    @Override
    public @Nullable SystemCall call() {
        return cut ? null : source.call();
    }
}
