package org.nestwalk.lab.vm;

import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.lab.compare.Schedule;

/// The first accesses of a stream, and the system calls before the last of them.
final class LimitedSource implements StepSource {
    private final StepSource source;
    private final Runnable afterBlock;
    private final Runnable atEnd;
    private final Schedule schedule;
    private @Nullable SystemCall call;
    private boolean ended;

    /// At most `limit` accesses of `source`.
    ///
    /// @param afterBlock run when some have been read
    /// @param atEnd run once, when all have been read
    LimitedSource(StepSource source, long limit, Runnable afterBlock, Runnable atEnd) {
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
        call = schedule.isAtLimit() ? null : source.call();
        if (read == 0) {
            if (call == null) {
                ended = true;
                atEnd.run();
            }
            return 0;
        }
        int end = schedule.advance(block, 0, read);
        call = schedule.isAtLimit() ? null : call;
        return end;
    }

    @Override
    public @Nullable SystemCall call() {
        return call;
    }
}
