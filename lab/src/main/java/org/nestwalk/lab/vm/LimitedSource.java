package org.nestwalk.lab.vm;

import org.nestwalk.guest.AccessSource;
import org.nestwalk.lab.compare.Schedule;

/// The first accesses of a stream.
final class LimitedSource implements AccessSource {
    private final AccessSource source;
    private final Runnable afterBlock;
    private final Runnable atEnd;
    private final Schedule schedule;
    private boolean ended;

    /// At most `limit` accesses of `source`.
    ///
    /// @param afterBlock run when some have been read
    /// @param atEnd run once, when all have been read
    LimitedSource(AccessSource source, long limit, Runnable afterBlock, Runnable atEnd) {
        this.source = source;
        this.afterBlock = afterBlock;
        this.atEnd = atEnd;
        this.schedule = new Schedule(0, 0, limit);
    }

    @Override
    public int next(long[] block) {
        if (ended) {
            return 0;
        }
        int read = schedule.isAtLimit() ? 0 : source.next(block);
        afterBlock.run();
        if (read == 0) {
            ended = true;
            atEnd.run();
            return 0;
        }
        return schedule.advance(block, 0, read);
    }
}
