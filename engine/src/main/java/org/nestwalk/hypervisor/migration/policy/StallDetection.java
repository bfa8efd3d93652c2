package org.nestwalk.hypervisor.migration.policy;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;

/// A limit of downtime, until rounds stall: what is left after one is no less than it was long ago.
/// Then the guest is stopped at the next local minimum, if the link can carry what is left within a
/// larger limit; otherwise it goes on over there and fetches the rest. A budget of time by the
/// guest's memory ends waiting in any case.
///
/// Source: KubeVirt, enhancement 248 (2026), with its defaults: `progressTimeout` 60 s,
/// `completionTimeoutPerGiB` 150 s, `maxDowntimeMs` 900, `stallMargin` 0.04, `ewmaAlpha` 0.4,
/// `precopyPossibleFactor` 1.5, `patienceWindowDecayFactor` 0.5, `searchLocalMinima` true. How the
/// last three go together is read from its text: pre-copy is possible as long as the average of
/// what is left is within the factor of what fits, and each stall halves the time that the next
/// waits for.
public final class StallDetection implements MigrationPolicy {
    private static final double GIB = 1L << 30;

    private final Settings settings;
    private final DowntimeLimit limit;
    private final List<Sample> samples = new ArrayList<>();
    private double average;
    private long patience;
    private boolean stalled;

    /// What it can be told.
    ///
    /// @param limit nanoseconds of downtime that are fine at any time
    /// @param maxDowntime nanoseconds that are accepted once rounds have stalled
    /// @param progressTimeout nanoseconds in which there has to be progress
    /// @param completionPerGiB nanoseconds for all, by the guest's memory
    /// @param margin by which more or less is the same
    /// @param alpha weight of the last round in the average of what is left
    /// @param possible how much more than fits may be left on average so that pre-copy goes on
    /// @param decay of the patience after a stall
    /// @param minima whether it waits for a local minimum
    public record Settings(
            long limit,
            long maxDowntime,
            long progressTimeout,
            long completionPerGiB,
            double margin,
            double alpha,
            double possible,
            double decay,
            boolean minima) {}

    private record Sample(long time, long left) {}

    /// With these settings.
    public StallDetection(Settings settings) {
        this.settings = settings;
        this.limit = new DowntimeLimit(settings.limit);
        this.patience = settings.progressTimeout;
    }

    @Override
    public Step next(MigrationProgress progress) {
        Step step = limit.next(progress);
        if (step instanceof Step.Stop || progress.rounds().isEmpty()) {
            return step;
        }
        long left = progress.left();
        average = samples.isEmpty() ? left : average + settings.alpha * (left - average);
        long best = samples.stream().mapToLong(Sample::left).min().orElse(left);
        boolean late = isLate(progress);
        if (!stalled && hasStalled(progress, left)) {
            stalled = true;
            patience = (long) (patience * settings.decay);
        }
        samples.add(new Sample(progress.nanoseconds(), left));
        if (!stalled && !late) {
            return step;
        }
        boolean minimum = !settings.minima || left <= (1 + settings.margin) * best;
        long fits = progress.bytesIn(settings.maxDowntime);
        if (left <= fits && (minimum || late)) {
            return new Step.Stop();
        }
        if (late || average > settings.possible * fits && isPatienceOver(progress)) {
            return new Step.PostCopy();
        }
        return step;
    }

    private boolean isLate(MigrationProgress progress) {
        return progress.nanoseconds() > settings.completionPerGiB * (progress.memory() / GIB);
    }

    /// Whether no less is left than the least of rounds that ended long enough ago.
    private boolean hasStalled(MigrationProgress progress, long left) {
        return samples.stream()
                .filter(one -> one.time <= progress.nanoseconds() - patience)
                .mapToLong(Sample::left)
                .min()
                .stream()
                .anyMatch(least -> left >= (1 - settings.margin) * least);
    }

    private boolean isPatienceOver(MigrationProgress progress) {
        return samples.getFirst().time <= progress.nanoseconds() - patience;
    }

    @Override
    public boolean interrupts(MigrationProgress progress) {
        return isLate(progress);
    }
}
