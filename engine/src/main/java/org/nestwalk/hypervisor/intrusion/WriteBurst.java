package org.nestwalk.hypervisor.intrusion;

import java.util.HashMap;
import java.util.Map;

/// Compares how many pages of each region of 256 KiB are written a millisecond with the most that
/// were in training: encrypting malware writes page after page of what is else only read. A region
/// of which nothing was written in training counts as one of which a page was.
public final class WriteBurst implements Detector {
    private static final int SHIFT = 18;
    private static final double MILLISECOND = 1e6;

    private final Map<Long, Double> most = new HashMap<>();
    private long samples;
    private double longest;

    /// One that has learned nothing.
    public WriteBurst() {}

    @Override
    public String name() {
        return "burst by region";
    }

    @Override
    public void train(WriteSample sample) {
        samples++;
        longest = Math.max(longest, sample.nanoseconds() / MILLISECOND);
        rates(sample).forEach((region, rate) -> most.merge(region, rate, Math::max));
    }

    private static Map<Long, Double> rates(WriteSample sample) {
        Map<Long, Double> rates = new HashMap<>();
        double page = MILLISECOND / Math.max(1, sample.nanoseconds());
        sample.pages().forEach(gpa -> rates.merge(gpa >>> SHIFT, page, Double::sum));
        return rates;
    }

    @Override
    public void trained() {
        NeverWritten.require(samples, 1);
    }

    @Override
    public double score(WriteSample sample) {
        double one = 1 / longest;
        double worst = 0;
        for (Map.Entry<Long, Double> rate : rates(sample).entrySet()) {
            worst = Math.max(worst, rate.getValue() / most.getOrDefault(rate.getKey(), one));
        }
        return worst;
    }
}
