package org.nestwalk.bench.ab;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One benchmark's rates on two revisions, in pairs that were measured one right after the other.
final class PairedRates {
    private static final double SIGNIFICANT = 0.05;

    private final List<Double> ratesA = new ArrayList<>();
    private final List<Double> ratesB = new ArrayList<>();
    private final Set<String> checksums = new HashSet<>();

    /// Adds a rate of revision A or B; the n-th of A and the n-th of B are a pair. All have the
    /// same checksum if both revisions computed the same.
    void add(boolean isA, double rate, String checksum) {
        (isA ? ratesA : ratesB).add(rate);
        checksums.add(checksum);
    }

    /// Whether every run computed the same.
    boolean isSameWork() {
        return checksums.size() <= 1;
    }

    /// The table's row: medians, ratio with its interval, p-value, verdict.
    String row() {
        double[] logRatios = logRatios();
        Shift shift = Shift.of(logRatios);
        double p = SignedRank.twoSidedP(logRatios);
        return "%9.2f %9.2f %8.3f   %6.3f - %.3f %8.4f  %s"
                .formatted(
                        median(ratesA),
                        median(ratesB),
                        Math.exp(shift.estimate()),
                        Math.exp(shift.low()),
                        Math.exp(shift.high()),
                        p,
                        verdict(shift, p));
    }

    private static String verdict(Shift shift, double p) {
        if (p >= SIGNIFICANT) {
            return "no difference shown";
        }
        return shift.estimate() > 0 ? "faster" : "slower";
    }

    private double[] logRatios() {
        if (ratesA.size() != ratesB.size()) {
            throw new IllegalStateException("a measurement has no partner");
        }
        double[] ratios = new double[ratesA.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = Math.log(ratesB.get(i) / ratesA.get(i));
        }
        return ratios;
    }

    private static double median(List<Double> rates) {
        return Samples.median(rates.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
