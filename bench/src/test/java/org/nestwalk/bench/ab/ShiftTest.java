package org.nestwalk.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ShiftTest {
    @Test
    void givesThePublishedEstimateAndIntervalOfTheDepressionScale() {
        // Hollander and Wolfe, 2nd ed., examples 3.3 and 3.4: -0.46, and (-0.786, -0.010) with
        // confidence 96.1 %.
        Shift shift = Shift.of(SignedRankTest.DEPRESSION);

        assertThat(shift.estimate()).isEqualTo(-0.46, within(1e-9));
        assertThat(shift.low()).isEqualTo(-0.786, within(1e-9));
        assertThat(shift.high()).isEqualTo(-0.010, within(1e-9));
    }

    @Test
    void needsSixDifferences() {
        assertThat(Shift.of(new double[] {1, 2, 3, 4, 5, 6})).isEqualTo(new Shift(3.5, 1, 6));
        assertThatThrownBy(() -> Shift.of(new double[] {1, 2, 3, 4, 5}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
