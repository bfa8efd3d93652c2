package org.nestwalk.kvm.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/// Measures many points by short bursts of loads, in rounds: each round comes to every point, so
/// that whatever else happens on the host meets all of them. A point's time is the best quantile of
/// its bursts: others can make a burst slower, but hardly faster.
public final class Sampler {
    /// How much to measure.
    ///
    /// @param leastRounds the fewest rounds
    /// @param mostRounds the most rounds
    /// @param nanoseconds after which no round begins
    public record Limits(int leastRounds, int mostRounds, long nanoseconds) {}

    /// Told now and then how many loads have been made of how many that may be; says whether to go
    /// on.
    @FunctionalInterface
    public interface Listener {
        /// Whether to go on.
        boolean at(long loads, long most);
    }

    /// Loads of a burst.
    public static final int BURST = 2_000;

    /// Bursts of a point in a round.
    public static final int BURSTS = 6;

    /// The quantile that is a point's time.
    public static final double QUANTILE = 0.15;

    /// Estimates that change by no more than this part over the second half of the rounds are
    /// stable.
    public static final double STABLE = 0.02;

    /// The part of all points that has to be.
    private static final double ENOUGH = 0.95;

    // Enough to fill a cache of 64 MiB two times over; larger ones are as full as they get.
    private static final int MOST_WARMING = 2_000_000;

    // Some 15 ms where loads come from memory: what they leave of a cache that others use, too, is
    // what such slow ones keep, no longer what the fast ones have filled it with.
    private static final int MOST_SETTLING = 50_000;

    // What a burst brings back that an interruption, or an exit of a guest, has taken from it: TLBs
    // and the inner caches.
    private static final int MOST_BETWEEN = 10_000;
    private static final int PASSES = 3;

    private record Target(Loads loads, LoadPattern pattern, Samples samples) {
        int warming(int most) {
            return (int) Math.min(PASSES * pattern.units(), most);
        }

        long loadsOfRound() {
            return warming(MOST_WARMING)
                    + warming(MOST_SETTLING)
                    + (BURSTS - 1L) * warming(MOST_BETWEEN)
                    + BURSTS * (long) BURST;
        }

        void round() {
            int warming = warming(MOST_WARMING);
            int settling = warming(MOST_SETTLING);
            for (int i = 0; i < BURSTS; i++) {
                samples.add(loads.chase(pattern, warming, settling, BURST) / (double) BURST);
                warming = 1;
                settling = warming(MOST_BETWEEN);
            }
            samples.endRound();
        }
    }

    private final Map<Curve, List<Target>> targets = new LinkedHashMap<>();
    private final double ticksPerNanosecond;
    private int rounds;
    private boolean stable;

    /// Nothing to measure yet.
    public Sampler(Clocks clocks) {
        ticksPerNanosecond = clocks.ticksPerNanosecond();
    }

    /// Adds the curve of `loads` with a stride: those of `footprints` that the memory has and that
    /// have two units at least.
    public void add(Loads loads, long stride, List<Long> footprints) {
        List<Target> points = new ArrayList<>();
        footprints.stream()
                .filter(bytes -> bytes >= 2 * stride && bytes <= loads.bytes())
                .map(bytes -> LoadPattern.within(bytes, stride))
                .distinct()
                .forEach(pattern -> points.add(new Target(loads, pattern, new Samples())));
        if (!points.isEmpty()) {
            targets.put(new Curve(loads.place(), loads.pages(), stride), points);
        }
    }

    /// Measures until it is stable, a limit is reached, or `listener` says so.
    public void run(Limits limits, Listener listener) {
        List<Target> all = targets.values().stream().flatMap(List::stream).toList();
        long loadsOfRound = all.stream().mapToLong(Target::loadsOfRound).sum();
        long done = 0;
        long start = System.nanoTime();
        while (rounds < limits.mostRounds && !stable) {
            boolean late = System.nanoTime() - start > limits.nanoseconds;
            if (rounds >= limits.leastRounds && late) {
                return;
            }
            for (Target target : all) {
                if (!listener.at(done, most(done, loadsOfRound, limits, start))) {
                    return;
                }
                target.round();
                done += target.loadsOfRound();
            }
            rounds++;
            long steady = all.stream().filter(target -> target.samples.isStable()).count();
            stable = rounds >= limits.leastRounds && steady >= ENOUGH * all.size();
        }
    }

    /// Makes one more round.
    ///
    /// @param goOn asked before each point
    /// @return false if it was ended; it is no round then
    public boolean round(BooleanSupplier goOn) {
        for (List<Target> points : targets.values()) {
            for (Target target : points) {
                if (!goOn.getAsBoolean()) {
                    return false;
                }
                target.round();
            }
        }
        rounds++;
        return true;
    }

    /// How many points a round comes to.
    public int points() {
        return targets.values().stream().mapToInt(List::size).sum();
    }

    /// How many loads there will be at most, by what the rounds or the time allow.
    private static long most(long done, long loadsOfRound, Limits limits, long start) {
        double elapsed = Math.max(1, System.nanoTime() - start);
        long byTime = (long) (done * (limits.nanoseconds / elapsed));
        return Math.clamp(
                byTime, loadsOfRound * limits.leastRounds, loadsOfRound * limits.mostRounds);
    }

    /// How many rounds came to all points.
    public int rounds() {
        return rounds;
    }

    /// Whether more rounds would have changed little.
    public boolean isStable() {
        return stable;
    }

    /// What has been measured: every curve with its points by footprint, without those that no
    /// burst was made for.
    public Map<Curve, List<Curve.Point>> curves() {
        return curves(samples -> !samples.isEmpty(), samples -> samples.quantile(QUANTILE));
    }

    /// The same curves by the median of the rounds, of each of which the best quantile counts: what
    /// loads take in most rounds, beside whatever others do to caches and memory all the time. For
    /// times that are held against others of the same rounds.
    public Map<Curve, List<Curve.Point>> typicalCurves() {
        return curves(samples -> !samples.hasNoRound(), Samples::typical);
    }

    private Map<Curve, List<Curve.Point>> curves(
            Predicate<Samples> measured, ToDoubleFunction<Samples> time) {
        Map<Curve, List<Curve.Point>> curves = new LinkedHashMap<>();
        targets.forEach((curve, points) -> {
            List<Curve.Point> some =
                    points.stream()
                            .filter(target -> measured.test(target.samples))
                            .map(target -> point(target, time))
                            .toList();
            if (!some.isEmpty()) {
                curves.put(curve, some);
            }
        });
        return curves;
    }

    /// What stands for the time of bursts: the [#QUANTILE] of `times`, of which there is one at
    /// least.
    public static double quantile(double... times) {
        Samples samples = new Samples();
        for (double time : times) {
            samples.add(time);
        }
        return samples.quantile(QUANTILE);
    }

    private Curve.Point point(Target target, ToDoubleFunction<Samples> time) {
        Samples samples = target.samples;
        double middle = samples.quantile(0.5);
        double spread = (samples.quantile(0.75) - samples.quantile(0.25)) / middle;
        return new Curve.Point(
                target.pattern.bytes(), time.applyAsDouble(samples) / ticksPerNanosecond, spread);
    }
}
