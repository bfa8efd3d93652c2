package org.nestwalk.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Xoshiro256Test {
    @Test
    void splitMixGivesItsPublishedOutputs() {
        // First outputs of splitmix64 from state 1234567, as in its reference implementation.
        assertThat(SplitMix64.output(1234567, 1)).isEqualTo(6457827717110365317L);
        assertThat(SplitMix64.output(1234567, 2)).isEqualTo(3203168211198807973L);
    }

    @Test
    void boundedValuesStayInBoundsAndCoverThem() {
        Xoshiro256 random = new Xoshiro256(11);
        int[] counts = new int[10];
        for (int i = 0; i < 100_000; i++) {
            counts[(int) random.nextBelow(10)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(9_500, 10_500);
        }
    }

    @Test
    void fractionsAreUniform() {
        Xoshiro256 random = new Xoshiro256(12);
        double sum = 0;
        for (int i = 0; i < 100_000; i++) {
            double fraction = random.nextFraction();
            assertThat(fraction).isBetween(0.0, Math.nextDown(1.0));
            sum += fraction;
        }
        assertThat(sum / 100_000).isBetween(0.495, 0.505);
    }
}
