package org.nestwalk.lab.labs.channel.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The receiver operating characteristic of scores: which share of class 1 is found at the price of
/// which share of class 0 being taken for it, for every threshold; and the area under it, which is
/// the probability that a sample of class 1 scores higher, ties counting half (Hanley and McNeil,
/// "The meaning and use of the area under a receiver operating characteristic (ROC) curve",
/// Radiology 143, 1982).
///
/// @param points from (0, 0) to (1, 1)
/// @param area 0.5 for guessing, 1 for certainty
public record Roc(List<Point> points, double area) {
    private static final int SHOWN = 21;

    /// A threshold.
    ///
    /// @param falseAlarms share of class 0 above it
    /// @param hits share of class 1 above it
    public record Point(double falseAlarms, double hits) {}

    /// Copies the list.
    public Roc {
        points = List.copyOf(points);
    }

    /// Of scores that are larger for class 1.
    public static Roc of(double[] zero, double[] one) {
        double[] sorted0 = zero.clone();
        double[] sorted1 = one.clone();
        Arrays.sort(sorted0);
        Arrays.sort(sorted1);
        return new Roc(points(sorted0, sorted1), area(sorted0, sorted1));
    }

    private static double area(double[] zero, double[] one) {
        double sum = 0;
        int below = 0;
        int notAbove = 0;
        for (double score : one) {
            while (below < zero.length && zero[below] < score) {
                below++;
            }
            notAbove = Math.max(notAbove, below);
            while (notAbove < zero.length && zero[notAbove] <= score) {
                notAbove++;
            }
            sum += (below + notAbove) / 2.0;
        }
        return sum / zero.length / one.length;
    }

    /// At thresholds that class 0 exceeds by even shares.
    private static List<Point> points(double[] zero, double[] one) {
        List<Point> points = new ArrayList<>();
        points.add(new Point(0, 0));
        for (int i = 1; i < SHOWN - 1; i++) {
            double threshold = zero[zero.length - 1 - (int) ((long) i * zero.length / (SHOWN - 1))];
            points.add(new Point(above(zero, threshold), above(one, threshold)));
        }
        points.add(new Point(1, 1));
        return points.stream().distinct().toList();
    }

    private static double above(double[] sorted, double threshold) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) / 2;
            if (sorted[middle] <= threshold) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (double) (sorted.length - low) / sorted.length;
    }
}
