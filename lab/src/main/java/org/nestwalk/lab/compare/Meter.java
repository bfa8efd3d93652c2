package org.nestwalk.lab.compare;

import java.util.OptionalLong;

/// Adds up the accesses of work in several parts, which may run side by side, for those who watch.
/// Of a part that has not begun, as many are expected as of those that have, on average.
public final class Meter {
    private final ProgressListener listener;
    private final int parts;
    private int begun;
    private long expected;
    private long done;

    /// Tells `listener`.
    ///
    /// @param parts how many there will be, 1 or more
    public Meter(ProgressListener listener, int parts) {
        this.listener = listener;
        this.parts = parts;
    }

    /// One more part begins, and will make so many accesses.
    public synchronized void begin(long accesses) {
        begun++;
        expected += accesses;
    }

    /// So many more have been made.
    ///
    /// @return false if the work is to end
    public synchronized boolean add(long accesses) {
        done += accesses;
        return listener.update(done, total());
    }

    /// One more part, which tells by itself how many it will make, if it knows, and how many it has
    /// made so far.
    public ProgressListener part() {
        return new ProgressListener() {
            private boolean hasBegun;
            private long made;

            @Override
            public boolean update(long now, OptionalLong total) {
                if (!hasBegun && total.isPresent()) {
                    hasBegun = true;
                    begin(total.getAsLong());
                }
                long more = now - made;
                made = now;
                return add(more);
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
