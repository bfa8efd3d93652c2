package org.nestwalk.lab.progress;

import java.util.OptionalLong;
import org.nestwalk.document.Document;

/// Adds up work in several parts, which may run side by side, for those who watch. Of a part that
/// has not begun, as much is expected as of those that have, on average.
public final class Meter {
    private final ProgressListener listener;
    private final int parts;
    private int begun;
    private long expected;
    private long done;

    /// A meter that reports to `listener`.
    ///
    /// @param parts how many there will be, 1 or more
    public Meter(ProgressListener listener, int parts) {
        this.listener = listener;
        this.parts = parts;
    }

    /// Begins one more part, of `accesses` accesses.
    public synchronized void begin(long accesses) {
        begun++;
        expected += accesses;
    }

    /// Adds `accesses` to the total.
    ///
    /// @return false if the work is to end
    public boolean add(long accesses) {
        return add(ProgressEvent.run(accesses, OptionalLong.empty()));
    }

    /// Adds what `event` says was done.
    private synchronized boolean add(ProgressEvent event) {
        done += event.done();
        return listener.update(event.with(done, total()));
    }

    /// One more part, which tells by itself how much it will do, if it knows, and how much it has
    /// done so far.
    public ProgressListener part() {
        return new ProgressListener() {
            private boolean hasBegun;
            private long made;

            @Override
            public boolean update(ProgressEvent event) {
                if (!hasBegun && event.total().isPresent()) {
                    hasBegun = true;
                    begin(event.total().getAsLong());
                }
                long more = event.done() - made;
                made = event.done();
                return add(event.with(more, event.total()));
            }

            @Override
            public boolean wantsCharts() {
                return listener.wantsCharts();
            }

            @Override
            public void see(Document charts) {
                listener.see(charts);
            }
        };
    }

    private OptionalLong total() {
        if (begun == 0) {
            return OptionalLong.empty();
        }
        long toCome = Math.max(0, parts - begun) * (expected / begun);
        return OptionalLong.of(Math.max(done, expected + toCome));
    }
}
