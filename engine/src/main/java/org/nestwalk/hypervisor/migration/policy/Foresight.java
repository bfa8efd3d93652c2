package org.nestwalk.hypervisor.migration.policy;

import java.util.List;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.MigrationRound;

/// Stops when one more round would shorten the downtime by less than it is worth. What a round
/// would leave is foreseen from the rounds before: a guest that writes to `W` pages alike dirties
/// `W (1 - exp(-a t))` bytes in a time `t`, whose two figures the last two rounds of different
/// length tell.
///
/// It is Nestwalk's own, and knows no limit of downtime that has to be met: it goes on as long as
/// that is worth it, and no longer.
public final class Foresight implements MigrationPolicy {
    private static final int MOST_ROUNDS = 200;
    private static final double PAGE_BYTES = 4104;

    private final double worth;
    private final long limit;

    /// @param worth nanoseconds of downtime that a nanosecond of migrating has to save, above 0
    /// @param limit nanoseconds of downtime that need not be shortened
    public Foresight(double worth, long limit) {
        this.worth = worth;
        this.limit = limit;
    }

    @Override
    public Step next(MigrationProgress progress) {
        if (progress.rounds().isEmpty()) {
            return new Step.Round(0);
        }
        long downtime = progress.timeFor((double) progress.left());
        if (downtime <= limit || progress.rounds().size() >= MOST_ROUNDS) {
            return new Step.Stop();
        }
        long after = progress.timeFor(foreseen(progress, (double) downtime));
        return downtime - after < worth * downtime ? new Step.Stop() : new Step.Round(0);
    }

    /// Bytes that are left after a round of so much time.
    private static double foreseen(MigrationProgress progress, double nanoseconds) {
        List<MigrationRound> rounds = progress.rounds();
        MigrationRound last = rounds.getLast();
        double lastBytes = last.written() * PAGE_BYTES;
        double perTime = lastBytes / Math.max(1, last.nanoseconds());
        if (rounds.size() == 1) {
            // All that is known is that the rate has been this or more.
            return Math.min(lastBytes, perTime * nanoseconds);
        }
        MigrationRound before = rounds.get(rounds.size() - 2);
        return saturating(
                (double) last.nanoseconds(),
                lastBytes,
                (double) before.nanoseconds(),
                before.written() * PAGE_BYTES,
                nanoseconds);
    }

    /// The value at `t` of the curve `w (1 - exp(-a t))` through two points, of which the first has
    /// the shorter time; or of a line where no such curve goes through both.
    static double saturating(double t1, double v1, double t2, double v2, double t) {
        double ratio = v2 / v1;
        double times = t2 / t1;
        if (!(times > 1.01) || !(ratio < times) || !(v1 > 0)) {
            return v1 * Math.min(1, t / Math.max(1, t1));
        }
        if (ratio <= 1) {
            return v1;
        }
        double low = 1e-9;
        double high = 50;
        for (int i = 0; i < 100; i++) {
            double middle = Math.sqrt(low * high);
            double here = Math.expm1(-middle * times) / Math.expm1(-middle);
            if (here > ratio) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double a = low / t1;
        return v1 * Math.expm1(-a * t) / Math.expm1(-a * t1);
    }
}
