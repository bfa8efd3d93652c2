package org.nestwalk.bench.ab;

/// The signed-rank test by going through all combinations of signs.
final class NaiveSignedRank {
    private NaiveSignedRank() {}

    static double twoSidedP(double[] differences) {
        double observed = Math.abs(signedSum(differences));
        double[] flipped = differences.clone();
        int extreme = 0;
        int all = 1 << differences.length;
        for (int signs = 0; signs < all; signs++) {
            for (int i = 0; i < flipped.length; i++) {
                flipped[i] = (signs >> i & 1) == 0 ? differences[i] : -differences[i];
            }
            if (Math.abs(signedSum(flipped)) >= observed) {
                extreme++;
            }
        }
        return (double) extreme / all;
    }

    /// Twice the sum of ranks with their signs.
    private static double signedSum(double[] differences) {
        double sum = 0;
        for (double difference : differences) {
            int below = 0;
            int same = 0;
            for (double other : differences) {
                below += other != 0 && Math.abs(other) < Math.abs(difference) ? 1 : 0;
                same += Math.abs(other) == Math.abs(difference) ? 1 : 0;
            }
            sum += Math.signum(difference) * (2 * below + same + 1);
        }
        return sum;
    }
}
