package org.nestwalk.bench.compare.measured;

import java.util.Arrays;
import java.util.function.DoubleSupplier;

/// How often something short is measured: at least a number of times, and for at least some
/// seconds.
final class Repetition {
    private static final int MOST = 64;

    private Repetition() {}

    /// Repeats `pass`, which returns the seconds that it took, and returns all of them.
    static double[] times(int least, double leastSeconds, DoubleSupplier pass) {
        double[] times = new double[MOST];
        double total = 0;
        int count = 0;
        while (count < least || count < MOST && total < leastSeconds) {
            times[count] = pass.getAsDouble();
            total += times[count];
            count++;
        }
        return Arrays.copyOf(times, count);
    }

    /// `amount` divided by each of `times`, in millions.
    static double[] rates(double amount, double[] times) {
        return Arrays.stream(times).map(time -> amount / time / 1e6).toArray();
    }
}
