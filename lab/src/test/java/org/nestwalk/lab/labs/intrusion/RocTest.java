package org.nestwalk.lab.labs.intrusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RocTest {
    @Test
    void theAreaIsTheChanceThatAnAttackScoresHigher() {
        assertThat(Roc.of(new double[] {3, 4}, new double[] {1, 2}).area()).isEqualTo(1);
        assertThat(Roc.of(new double[] {1, 2}, new double[] {3, 4}).area()).isZero();
        assertThat(Roc.of(new double[] {1, 1}, new double[] {1, 1}).area()).isEqualTo(0.5);
        assertThat(Roc.of(new double[] {2, 0}, new double[] {1, 3}).area()).isEqualTo(0.25);
    }

    @Test
    void itsErrorIsHanleysAndMcNeils() {
        // Area 0.893 of 51 and 58 cases: 0.032 (Radiology 143, 1982, page 32).
        double[] attacks = new double[1000];
        double[] clean = new double[1000];
        for (int i = 0; i < 1000; i++) {
            attacks[i] = i + 535;
            clean[i] = i;
        }
        Roc roc = Roc.of(attacks, clean);
        assertThat(roc.area()).isCloseTo(0.892, within(0.001));
        assertThat(roc.error()).isCloseTo(0.032 * Math.sqrt(54 / 1000.0), within(0.0008));
    }

    @Test
    void theCurveGoesFromNothingToAll() {
        List<Roc.Point> curve = Roc.curve(new double[] {3, 4, 5}, new double[] {1, 2, 3}, 40);
        assertThat(curve.getFirst().found()).isCloseTo(1.0 / 3, within(1e-9));
        assertThat(curve.getFirst().falsely()).isZero();
        assertThat(curve.getLast().found()).isEqualTo(1);
        assertThat(curve.getLast().falsely()).isEqualTo(1);
    }

    @Test
    void noAlarmIsAtMostThreePointSeven() {
        assertThat(IntrusionRun.most(0)).isCloseTo(3.6889, within(1e-4));
        assertThat(IntrusionRun.most(10)).isCloseTo(18.3904, within(1e-4));
    }
}
