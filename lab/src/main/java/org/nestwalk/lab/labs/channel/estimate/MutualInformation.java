package org.nestwalk.lab.labs.channel.estimate;

import org.nestwalk.random.Xoshiro256;

/// What a sample tells of its class, in bits: at most 1 for two classes of equal weight.
///
/// The plain estimate from counts is too large by what chance makes of samples without information;
/// how much that is, the same samples with classes drawn anew tell (a permutation test: Good,
/// "Permutation, Parametric and Bootstrap Tests of Hypotheses", Springer, 2005).
///
/// @param bits by sample, less what chance makes; not negative
/// @param probability that chance makes as much: (1 + permutations with as much) / (1 +
///   permutations)
public record MutualInformation(double bits, double probability) {
    /// From two classes of as many samples.
    ///
    /// @param permutations at least 1
    public static MutualInformation of(
            double[] zero, double[] one, int permutations, Xoshiro256 random) {
        if (zero.length != one.length) {
            throw new IllegalArgumentException("classes of different weight");
        }
        Bins bins = Bins.of(zero, one);
        int[] binOf = new int[2 * zero.length];
        for (int i = 0; i < zero.length; i++) {
            binOf[i] = bins.indexOf(zero[i]);
            binOf[zero.length + i] = bins.indexOf(one[i]);
        }
        double observed = information(binOf, bins.size());
        double sum = 0;
        int asMuch = 0;
        for (int i = 0; i < permutations; i++) {
            drawClasses(binOf, random);
            double chance = information(binOf, bins.size());
            sum += chance;
            asMuch += chance >= observed ? 1 : 0;
        }
        return new MutualInformation(
                Math.max(0, observed - sum / permutations), (1.0 + asMuch) / (1 + permutations));
    }

    /// The information in bins; the first half of the values is of class 0.
    private static double information(int[] binOf, int bins) {
        int half = binOf.length / 2;
        long[] zero = new long[bins];
        long[] one = new long[bins];
        for (int i = 0; i < half; i++) {
            zero[binOf[i]]++;
            one[binOf[half + i]]++;
        }
        double bits = 0;
        for (int i = 0; i < bins; i++) {
            bits += part(zero[i], zero[i] + one[i], half) + part(one[i], zero[i] + one[i], half);
        }
        return bits;
    }

    private static double part(long count, long both, int half) {
        return count == 0
                ? 0
                : count / (2.0 * half) * StrictMath.log(2.0 * count / both) / StrictMath.log(2);
    }

    /// Draws class 0, the first half, anew from all.
    private static void drawClasses(int[] values, Xoshiro256 random) {
        for (int i = 0; i < values.length / 2; i++) {
            int j = i + (int) random.nextBelow(values.length - i);
            int value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
    }
}
