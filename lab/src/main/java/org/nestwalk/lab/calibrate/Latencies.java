package org.nestwalk.lab.calibrate;

import java.util.Arrays;
import java.util.List;

/// The costs of [Expectation] in nanoseconds, by which expected times come closest to measured
/// ones: none below 0, and no cache level faster than the one before it.
///
/// The sum of the errors' parts of the measured times is made small, not that of their squares, so
/// that a few points that were disturbed do not count for more than they are.
final class Latencies {
    private static final int SWEEPS = 200;
    private static final int REWEIGHTINGS = 8;
    private static final double LEAST_ERROR = 0.01;

    private final double[] nanoseconds;
    private final double error;

    private Latencies(double[] nanoseconds, double error) {
        this.nanoseconds = nanoseconds;
        this.error = error;
    }

    /// Solves for them.
    ///
    /// @param costs of each point
    /// @param times of each point
    static Latencies of(List<double[]> costs, double[] times) {
        double[][] rows = new double[times.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = increments(costs.get(i), times[i]);
        }
        double[] weights = new double[rows.length];
        Arrays.fill(weights, 1);
        double[] solution = new double[Expectation.COSTS];
        for (int round = 0; round < REWEIGHTINGS; round++) {
            solve(rows, weights, solution);
            for (int i = 0; i < rows.length; i++) {
                weights[i] = 1 / Math.max(LEAST_ERROR, Math.abs(dot(rows[i], solution) - 1));
            }
        }
        double error = 0;
        for (double[] row : rows) {
            error += Math.abs(dot(row, solution) - 1);
        }
        for (int level = 1; level <= Expectation.MEMORY; level++) {
            solution[level] += solution[level - 1];
        }
        return new Latencies(solution, error / rows.length);
    }

    /// The costs as factors of how much each level is slower than the one before, as parts of a
    /// measured time.
    private static double[] increments(double[] costs, double time) {
        double[] row = costs.clone();
        for (int level = Expectation.MEMORY - 1; level >= 0; level--) {
            row[level] += row[level + 1];
        }
        for (int i = 0; i < row.length; i++) {
            row[i] /= time;
        }
        return row;
    }

    /// Weighted least squares towards 1 with no component below 0, one component after the other.
    private static void solve(double[][] rows, double[] weights, double[] solution) {
        int n = solution.length;
        double[][] products = new double[n][n];
        double[] target = new double[n];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < n; j++) {
                target[j] += weights[i] * rows[i][j];
                for (int k = 0; k < n; k++) {
                    products[j][k] += weights[i] * rows[i][j] * rows[i][k];
                }
            }
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int j = 0; j < n; j++) {
                if (products[j][j] > 0) {
                    double gradient = target[j] - dot(products[j], solution);
                    solution[j] = Math.max(0, solution[j] + gradient / products[j][j]);
                }
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /// The cost at an index of [Expectation].
    double of(int cost) {
        return nanoseconds[cost];
    }

    /// The expected time of a point.
    double time(double[] costs) {
        return dot(costs, nanoseconds);
    }

    /// The mean part by which expected times miss the measured ones.
    double error() {
        return error;
    }
}
