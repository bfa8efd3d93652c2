package org.nestwalk.hypervisor.intrusion;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.nestwalk.memory.PageSet;

/// Adds up how much more the set of written pages changes from one sample to the next than it did
/// before in the same run: the Jaccard distance of both sets in a cumulative sum (CUSUM; Page,
/// "Continuous inspection schemes", Biometrika 41, 1954), with half a standard deviation to spare.
///
/// How much a guest's set changes differs from program to program by more than an attack changes
/// it, so a level that is learned from some programs says nothing of another: what is learned in
/// training is how far distances are from their mean within a run, and the mean is that of the run
/// itself, while its sum is nothing (a self-starting CUSUM; Hawkins, "Self-starting cusum charts
/// for location and scale", The Statistician 36, 1987). An attack under way from the beginning is
/// its level.
///
/// One change counts as four deviations at most, so that a program that goes on to something else
/// is forgotten soon, and changes that go on are not.
public final class WrittenSetChange implements Detector {
    /// Distances of a run that make its level, and score nothing.
    public static final int BASELINE = 8;

    private static final double SLACK = 0.5;
    private static final double MOST = 4;
    private static final double LEAST_DEVIATION = 0.01;

    private @Nullable PageSet before;
    private long samples;
    private double deviation;
    private boolean trained;

    // Of the run.
    private long count;
    private double mean;
    private double squares;
    private double excess;

    /// One that has learned nothing.
    public WrittenSetChange() {}

    @Override
    public String name() {
        return "change of the set";
    }

    @Override
    public void reset() {
        if (!trained && count > 0) {
            deviation = Math.max(deviation, Math.sqrt(squares / count));
        }
        before = null;
        count = 0;
        mean = 0;
        squares = 0;
        excess = 0;
    }

    @Override
    public void train(WriteSample sample) {
        if (before != null) {
            samples++;
            learn(distance(before, sample.pages()));
        }
        before = sample.pages();
    }

    /// Takes a distance into the run's mean and squares (Welford, Technometrics 4, 1962).
    private void learn(double distance) {
        count++;
        double from = distance - mean;
        mean += from / count;
        squares += from * (distance - mean);
    }

    @Override
    public void trained() {
        // A change takes two periods of one program.
        NeverWritten.require(samples == 0 && before == null ? 0 : samples + 1, 2);
        reset();
        deviation = Math.max(deviation, LEAST_DEVIATION);
        trained = true;
    }

    @Override
    public double score(WriteSample sample) {
        if (before != null) {
            double distance = distance(before, sample.pages());
            if (count >= BASELINE) {
                double deviations = Math.min(MOST, (distance - mean) / deviation);
                excess = Math.max(0, excess + deviations - SLACK);
            }
            if (excess == 0) {
                learn(distance);
            }
        }
        before = sample.pages();
        return excess;
    }

    /// 1 less the pages in both sets by those in any; 0 for two empty sets.
    static double distance(PageSet one, PageSet other) {
        LongAdder both = new LongAdder();
        one.forEachRange((gpa, bytes) -> both.add(other.count(gpa, bytes)));
        long any = one.size() + other.size() - both.sum();
        return any == 0 ? 0 : 1 - (double) both.sum() / any;
    }
}
