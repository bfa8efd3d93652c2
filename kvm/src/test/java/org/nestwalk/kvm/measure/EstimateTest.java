package org.nestwalk.kvm.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EstimateTest {
    @Test
    void medianIsBetweenTheLeastAndTheMost() {
        assertThat(Estimate.of(3, 1, 9)).isEqualTo(new Estimate(3, 1, 9));
        assertThat(Estimate.of(4, 1, 2, 9)).isEqualTo(new Estimate(3, 1, 9));
        assertThat(Estimate.of(4, 1, 2, 9).spread()).isCloseTo(8 / 3.0, within(1e-9));
    }

    @Test
    void timesOfProcessorsAreThoseOfOthersAndThoseTaken() {
        HostLoad before = HostLoad.of("cpu  100 0 50 800 50 0 0 10 0 0", 40);
        HostLoad after = HostLoad.of("cpu  160 0 70 880 60 0 0 40 0 0", 90);
        // 200 ticks passed: 80 busy, 50 of which are our own, and 30 stolen.
        assertThat(after.othersSince(before)).isCloseTo(0.15, within(1e-9));
        assertThat(after.stolenSince(before)).isCloseTo(0.15, within(1e-9));
    }

    @Test
    void hostThatDoesNotSayIsNotCalledQuiet() {
        HostLoad unknown = HostLoad.of("", 0);
        assertThat(unknown.othersSince(unknown)).isNegative();
        assertThat(unknown.stolenSince(unknown)).isNegative();
    }

    @Test
    void largePagesAsSlowAsSmallOnesAreSplintered() {
        assertThat(Splintering.isFound(2.9, 2.9)).isTrue();
        assertThat(Splintering.isFound(2.9, 1.7)).isFalse();
    }
}
