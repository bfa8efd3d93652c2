package org.nestwalk.lab.labs.intrusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How well scores tell attacks from what is none: the area under the receiver operating
/// characteristic, which is the chance that an attack scores higher than a clean window, ties half.
///
/// @param area 0 to 1; 0.5 is guessing
/// @param error standard error (Hanley and McNeil, Radiology 143, 1982)
record Roc(double area, double error) {
    /// Of scores of attacks and of clean windows, one or more of each.
    static Roc of(double[] attacks, double[] clean) {
        double sum = 0;
        for (double attack : attacks) {
            for (double none : clean) {
                sum += attack > none ? 1 : attack == none ? 0.5 : 0;
            }
        }
        double area = sum / attacks.length / clean.length;
        double q1 = area / (2 - area);
        double q2 = 2 * area * area / (1 + area);
        double variance =
                (area * (1 - area)
                                + (attacks.length - 1) * (q1 - area * area)
                                + (clean.length - 1) * (q2 - area * area))
                        / ((double) attacks.length * clean.length);
        return new Roc(area, Math.sqrt(Math.max(0, variance)));
    }

    /// A point: with this threshold so many attacks are found, and clean windows taken for one.
    record Point(double threshold, double found, double falsely) {}

    /// The curve, at most `most` points of it, from the highest threshold to the lowest.
    static List<Point> curve(double[] attacks, double[] clean, int most) {
        double[] all = Arrays.copyOf(attacks, attacks.length + clean.length);
        System.arraycopy(clean, 0, all, attacks.length, clean.length);
        double[] thresholds = Arrays.stream(all).distinct().sorted().toArray();
        List<Point> points = new ArrayList<>();
        int step = Math.max(1, thresholds.length / most);
        for (int i = thresholds.length - 1; i >= 0; i -= step) {
            double threshold = thresholds[i];
            points.add(new Point(threshold, part(attacks, threshold), part(clean, threshold)));
        }
        return points;
    }

    private static double part(double[] scores, double threshold) {
        return Arrays.stream(scores).filter(score -> score >= threshold).count()
                / (double) scores.length;
    }
}
