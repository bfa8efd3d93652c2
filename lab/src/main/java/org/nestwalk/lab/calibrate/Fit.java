package org.nestwalk.lab.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Curve;
import org.nestwalk.kvm.measure.LoadPattern;

/// Structures and latencies by which expected times come closest to measured ones: sizes are
/// searched, one after the other over all that are plausible, again and again until none can be
/// bettered; for each choice of sizes the latencies that fit best are found by [Latencies].
public final class Fit {
    private static final int PER_OCTAVE = 6;
    private static final double TELLING = 5e-4;
    private static final int MOST_PASSES = 12;

    /// A point that is fitted.
    private record Goal(LoadPattern pattern, PageSize pages, double nanoseconds) {}

    private final List<Goal> goals = new ArrayList<>();
    private final double[] times;
    private final boolean splintered;
    private Structures structures = Structures.TYPICAL;
    private Latencies latencies;

    private Fit(Map<Curve, List<Curve.Point>> curves, boolean splintered) {
        this.splintered = splintered;
        curves.forEach((curve, points) ->
                points.forEach(point ->
                        goals.add(
                                new Goal(
                                        new LoadPattern(point.bytes(), curve.stride()),
                                        curve.pages(),
                                        point.nanoseconds()))));
        times = goals.stream().mapToDouble(Goal::nanoseconds).toArray();
        latencies = latencies(structures);
    }

    /// Fits native curves, of which there is at least one with points.
    ///
    /// @param splintered whether a hypervisor below backs all memory by small pages
    public static Fit of(Map<Curve, List<Curve.Point>> curves, boolean splintered) {
        Fit fit = new Fit(curves, splintered);
        fit.search();
        return fit;
    }

    private void search() {
        boolean better = true;
        for (int pass = 0; pass < MOST_PASSES && better; pass++) {
            better = false;
            for (int i = 0; i < Structures.RANGES.size(); i++) {
                better |= improve(i);
            }
        }
    }

    private boolean improve(int index) {
        Structures.Range range = Structures.RANGES.get(index);
        boolean better = false;
        for (int step = 0; ; step++) {
            long value = Math.round(range.least() * Math.pow(2, step / (double) PER_OCTAVE));
            if (value > range.most()) {
                return better;
            }
            Structures other = structures.with(index, value);
            if (other.isOrdered()) {
                Latencies found = latencies(other);
                // A size that makes no difference is not changed.
                if (found.error() < latencies.error() - 1e-6) {
                    structures = other;
                    latencies = found;
                    better = true;
                }
            }
        }
    }

    private Latencies latencies(Structures structures) {
        List<double[]> costs =
                goals.stream()
                        .map(goal ->
                                Expectation.of(structures, goal.pattern, goal.pages, splintered))
                        .toList();
        return Latencies.of(costs, times);
    }

    /// Whether the measured times tell a size, by its index in [Structures#values]: half of it and
    /// twice as much would both fit worse.
    public boolean tells(int index) {
        long size = structures.values().get(index);
        return Math.min(errorWith(index, size / 2), errorWith(index, size * 2))
                > latencies.error() + TELLING;
    }

    private double errorWith(int index, long size) {
        return latencies(structures.with(index, size)).error();
    }

    /// The sizes found.
    public Structures structures() {
        return structures;
    }

    /// Nanoseconds of a reference that cache level `level` serves, or memory if there is no such
    /// level.
    public double cache(int level) {
        return latencies.of(Math.min(level, Expectation.MEMORY));
    }

    /// Nanoseconds that a hit in the second-level TLB takes.
    public double secondTlb() {
        return latencies.of(Expectation.SECOND_TLB);
    }

    /// Nanoseconds that a look into structure caches takes, of which a walk has one in each
    /// dimension: what a walk takes beside its references.
    public double walk() {
        return latencies.of(Expectation.WALK);
    }

    /// The mean part by which expected times miss the measured ones.
    public double error() {
        return latencies.error();
    }

    /// The expected time of a load, in nanoseconds.
    public double time(LoadPattern pattern, PageSize pages) {
        return latencies.time(Expectation.of(structures, pattern, pages, splintered));
    }
}
