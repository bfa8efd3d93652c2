package org.nestwalk.bench.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Paired measurements: ours, and right after it the one it is held against.
final class Pairs {
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> theirs = new ArrayList<>();

    /// Adds a pair.
    void add(double our, double their) {
        ours.add(our);
        theirs.add(their);
    }

    /// Adds the pairs of same index.
    void addAll(double[] our, double[] their) {
        if (our.length != their.length) {
            throw new IllegalArgumentException(our.length + " and " + their.length);
        }
        for (int i = 0; i < our.length; i++) {
            add(our[i], their[i]);
        }
    }

    /// The median of ours.
    double ourMedian() {
        return median(ours);
    }

    /// The median of theirs.
    double theirMedian() {
        return median(theirs);
    }

    /// Ours divided by theirs, of each pair, in ascending order.
    double[] ratios() {
        double[] ratios = new double[ours.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = ours.get(i) / theirs.get(i);
        }
        Arrays.sort(ratios);
        return ratios;
    }

    /// The median of `values`, which are not empty: the mean of the middle two of an even number.
    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// The median of `values`, likewise.
    static double median(List<Double> values) {
        return median(values(values));
    }

    private static double[] values(List<Double> list) {
        return list.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
