package org.nestwalk.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PairsTest {
    @Test
    void theMedianIsTheMiddleValueOrTheMeanOfTheMiddleTwo() {
        assertThat(Pairs.median(3, 1, 2)).isEqualTo(2);
        assertThat(Pairs.median(4, 1, 2, 100)).isEqualTo(3);
        assertThat(Pairs.median(7)).isEqualTo(7);
    }

    @Test
    void ratiosAreThoseOfPairsAndNotOfMedians() {
        Pairs pairs = new Pairs();
        pairs.add(10, 10);
        pairs.add(30, 10);
        pairs.add(40, 80);
        assertThat(pairs.ratios()).containsExactly(0.5, 1, 3);
        assertThat(pairs.ourMedian()).isEqualTo(30);
        assertThat(pairs.theirMedian()).isEqualTo(10);
    }
}
