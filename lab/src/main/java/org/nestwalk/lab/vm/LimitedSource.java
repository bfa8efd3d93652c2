package org.nestwalk.lab.vm;

import org.nestwalk.guest.AccessSource;

/// The first accesses of a stream.
final class LimitedSource implements AccessSource {
    private final AccessSource source;
    private final Runnable atEnd;
    private long left;

    /// At most `limit` accesses of `source`.
    ///
    /// @param atEnd run once, when they have been read
    LimitedSource(AccessSource source, long limit, Runnable atEnd) {
        this.source = source;
        this.left = limit;
        this.atEnd = atEnd;
    }

    @Override
    public int next(long[] block) {
        if (left < 0) {
            return 0;
        }
        int count = left == 0 ? 0 : (int) Math.min(left, source.next(block));
        left -= count;
        if (count == 0) {
            left = -1;
            atEnd.run();
        }
        return count;
    }
}
