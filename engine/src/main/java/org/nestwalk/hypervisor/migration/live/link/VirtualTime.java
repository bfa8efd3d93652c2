package org.nestwalk.hypervisor.migration.live.link;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Virtual time for a few processes that wait for each other and for time to pass: a discrete-event
/// simulation in which the code of a process is that which runs in real time. Each is a thread, of
/// which one at a time runs: the one whose wait ends first. So the same processes do the same every
/// time.
public final class VirtualTime {
    private final List<Actor> processes = new ArrayList<>();
    private Actor current = new Actor(() -> {});
    private long now;
    private @Nullable Throwable failure;

    /// Time 0, and no processes.
    public VirtualTime() {}

    /// A thread, and until when it waits.
    private static final class Actor {
        private final Runnable body;
        private final Semaphore turn = new Semaphore(0);
        private LongSupplier until = () -> 0;
        private boolean ended;

        Actor(Runnable body) {
            this.body = body;
        }
    }

    /// Ends processes whose others have failed.
    private static final class Abandoned extends Error {
        private static final long serialVersionUID = 1L;
    }

    /// Runs processes to their end. Called once at a time.
    ///
    /// @throws IllegalStateException if all wait for each other
    public void run(Runnable... bodies) {
        processes.clear();
        failure = null;
        List<Thread> threads = new ArrayList<>();
        for (Runnable body : bodies) {
            processes.add(new Actor(body));
        }
        for (Actor process : processes) {
            threads.add(Thread.ofVirtual().start(() -> live(process)));
        }
        handOver();
        for (Thread thread : threads) {
            boolean gone = false;
            while (!gone) {
                try {
                    thread.join();
                    gone = true;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted", e);
                }
            }
        }
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void live(Actor process) {
        process.turn.acquireUninterruptibly();
        try {
            take(process);
            process.body.run();
        } catch (Abandoned e) {
            // Another's failure.
        } catch (RuntimeException | Error e) {
            failure = failure == null ? e : failure;
        } finally {
            process.ended = true;
            handOver();
        }
    }

    /// Nanoseconds since it was made.
    public long now() {
        return now;
    }

    /// The process that calls this waits for so long.
    public void sleep(long nanoseconds) {
        long end = now + nanoseconds;
        await(() -> end);
    }

    /// The process that calls this waits until a time that others may change meanwhile;
    /// [Long#MAX_VALUE] for as long as there is none.
    public void await(LongSupplier until) {
        Actor self = current;
        self.until = until;
        Actor next = next();
        if (!self.equals(next)) {
            handOver();
            self.turn.acquireUninterruptibly();
        }
        take(self);
    }

    private void take(Actor process) {
        if (failure != null) {
            throw new Abandoned();
        }
        current = process;
        now = Math.max(now, process.until.getAsLong());
    }

    /// Lets the next process run, if there is one.
    private void handOver() {
        Actor next = next();
        if (next != null) {
            next.turn.release();
        }
    }

    /// The process whose wait ends first; if others have failed, any.
    private @Nullable Actor next() {
        Actor found = null;
        long first = Long.MAX_VALUE;
        for (Actor process : processes) {
            if (process.ended) {
                continue;
            }
            long until = failure == null ? process.until.getAsLong() : 0;
            if (found == null || until < first) {
                found = process;
                first = until;
            }
        }
        if (found != null && first == Long.MAX_VALUE && failure == null) {
            failure = new IllegalStateException("all processes wait for each other");
        }
        return found;
    }
}
