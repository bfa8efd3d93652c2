package org.nestwalk.lab.progress;

import java.util.ArrayDeque;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// How fast work of one phase goes, by what was done in the second half of the time so far: slow
/// beginnings and pauses in which nothing counts are forgotten, and no single moment decides.
public final class Pace {
    private final ArrayDeque<Moment> moments = new ArrayDeque<>();

    private record Moment(double seconds, long done) {}

    /// A phase that begins now.
    public Pace() {
        moments.add(new Moment(0, 0));
    }

    /// Seconds until `total` are done, if so much is done that this can be told.
    ///
    /// @param seconds since the phase began, no less than when it was asked before
    /// @param done so far
    public OptionalDouble left(double seconds, long done, OptionalLong total) {
        moments.add(new Moment(seconds, done));
        Moment before = moments.removeFirst();
        while (moments.size() > 1 && moments.getFirst().seconds() <= seconds / 2) {
            before = moments.removeFirst();
        }
        moments.addFirst(before);
        double rate = (done - before.done()) / (seconds - before.seconds());
        return total.isPresent() && rate > 0 && Double.isFinite(rate)
                ? OptionalDouble.of(Math.max(0, total.getAsLong() - done) / rate)
                : OptionalDouble.empty();
    }
}
