package org.nestwalk.hypervisor.intrusion;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.nestwalk.memory.PageSet;

/// Adds up how much more the set of written pages changes from one sample to the next than it did
/// in training: the Jaccard distance of both sets in a cumulative sum (CUSUM; Page, "Continuous
/// inspection schemes", Biometrika 41, 1954), with half a standard deviation to spare.
public final class WrittenSetChange implements Detector {
    private static final double SLACK = 0.5;
    private static final double LEAST_DEVIATION = 0.01;

    private @Nullable PageSet before;
    private long count;
    private double sum;
    private double squares;
    private double mean;
    private double deviation;
    private double excess;

    /// One that has learned nothing.
    public WrittenSetChange() {}

    @Override
    public String name() {
        return "change of the set";
    }

    @Override
    public void reset() {
        before = null;
        excess = 0;
    }

    @Override
    public void train(WriteSample sample) {
        if (before != null) {
            double distance = distance(before, sample.pages());
            count++;
            sum += distance;
            squares += distance * distance;
        }
        before = sample.pages();
    }

    @Override
    public void trained() {
        // A change takes two periods of one program.
        NeverWritten.require(before == null ? 0 : count + 1, 2);
        mean = sum / count;
        deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
        deviation = Math.max(deviation, LEAST_DEVIATION);
        reset();
    }

    @Override
    public double score(WriteSample sample) {
        if (before != null) {
            double distance = distance(before, sample.pages());
            excess = Math.max(0, excess + (distance - mean) / deviation - SLACK);
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
