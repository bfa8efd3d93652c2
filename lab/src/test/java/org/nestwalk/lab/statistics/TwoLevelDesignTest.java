package org.nestwalk.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TwoLevelDesignTest {
    /// The pilot plant of Box, Hunter and Hunter (table 5.4): temperature, concentration, catalyst,
    /// and the yields of genuine replicates.
    private static final TwoLevelDesign PILOT_PLANT =
            new TwoLevelDesign(
                    3,
                    List.of(
                            List.of(59.0, 61.0),
                            List.of(74.0, 70.0),
                            List.of(50.0, 58.0),
                            List.of(69.0, 67.0),
                            List.of(50.0, 54.0),
                            List.of(81.0, 85.0),
                            List.of(46.0, 44.0),
                            List.of(79.0, 81.0)));

    @Test
    void thePilotPlantHasItsPublishedEffects() {
        assertThat(PILOT_PLANT.effect(1, 0.95).effect()).isEqualTo(23, within(1e-9));
        assertThat(PILOT_PLANT.effect(2, 0.95).effect()).isEqualTo(-5, within(1e-9));
        assertThat(PILOT_PLANT.effect(4, 0.95).effect()).isEqualTo(1.5, within(1e-9));
        assertThat(PILOT_PLANT.effect(3, 0.95).effect()).isEqualTo(1.5, within(1e-9));
        assertThat(PILOT_PLANT.effect(5, 0.95).effect()).isEqualTo(10, within(1e-9));
        assertThat(PILOT_PLANT.effect(6, 0.95).effect()).isEqualTo(0, within(1e-9));
        assertThat(PILOT_PLANT.effect(7, 0.95).effect()).isEqualTo(0.5, within(1e-9));
    }

    @Test
    void intervalsAreThoseOfTheirStandardError() {
        // Published: a standard error of 1.4; t with 8 degrees of freedom is 2.306.
        TwoLevelDesign.Effect temperature = PILOT_PLANT.effect(1, 0.95);
        assertThat(temperature.upper() - temperature.effect())
                .isEqualTo(2.306 * 1.414, within(0.01));
        assertThat(temperature.mayBeNone()).isFalse();
        assertThat(temperature.p()).isLessThan(1e-6);
        assertThat(PILOT_PLANT.effect(4, 0.95).mayBeNone()).isTrue();
        // F = t squared: 1.5 / 1.414 = 1.061, whose two-sided p with 8 degrees is 0.3198.
        assertThat(PILOT_PLANT.effect(4, 0.95).p()).isEqualTo(0.3198, within(0.001));
    }

    @Test
    void partsOfVariationAddUpToWhatResidualsLeave() {
        double sum = 0;
        for (int term : PILOT_PLANT.terms()) {
            sum += PILOT_PLANT.effect(term, 0.95).etaSquared();
        }
        // Residual 64 of 2701.
        assertThat(sum).isEqualTo(1 - 64.0 / 2701, within(0.002));
        assertThat(PILOT_PLANT.terms()).containsExactly(1, 2, 4, 3, 5, 6, 7);
    }

    @Test
    void withoutNoiseAnEffectIsCertainAndNoneIsNone() {
        TwoLevelDesign exact =
                new TwoLevelDesign(1, List.of(List.of(0.1, 0.1, 0.1), List.of(0.3, 0.3, 0.3)));
        assertThat(exact.effect(1, 0.95).p()).isZero();
        assertThat(exact.effect(1, 0.95).lower()).isEqualTo(0.2, within(1e-12));
        TwoLevelDesign same =
                new TwoLevelDesign(1, List.of(List.of(0.1, 0.1, 0.1), List.of(0.1, 0.1, 0.1)));
        assertThat(same.effect(1, 0.95).p()).isEqualTo(1);
        assertThat(same.effect(1, 0.95).effect()).isZero();
        assertThat(same.effect(1, 0.95).mayBeNone()).isTrue();
    }

    @Test
    void cellsHaveAsManyReplicatesEach() {
        assertThatThrownBy(() -> new TwoLevelDesign(1, List.of(List.of(1.0), List.of(1.0))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new TwoLevelDesign(1, List.of(List.of(1.0, 2.0), List.of(1.0, 2.0, 3.0))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
