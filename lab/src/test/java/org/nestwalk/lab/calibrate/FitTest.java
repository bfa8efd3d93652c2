package org.nestwalk.lab.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Curve;
import org.nestwalk.kvm.measure.LoadPattern;

class FitTest {
    private static final long MOST = 4L << 30;

    @Test
    void plantedSizesAreFoundAgain() {
        Fit fit = Fit.of(PlantedMachine.curves(MOST, 0, 0), false);
        List<Long> found = fit.structures().values();
        List<Long> planted = PlantedMachine.STRUCTURES.values();
        for (int i = 0; i < planted.size(); i++) {
            assertThat((double) found.get(i))
                    .isCloseTo((double) planted.get(i), withPercentage(20));
        }
        assertThat(fit.error()).isLessThan(0.01);
    }

    @Test
    void plantedLatenciesAreFoundAgain() {
        Fit fit = Fit.of(PlantedMachine.curves(MOST, 0, 0), false);
        for (int level = 0; level <= Structures.CACHES; level++) {
            assertThat(fit.cache(level))
                    .isCloseTo(PlantedMachine.LATENCIES[level], withPercentage(10));
        }
        assertThat(fit.secondTlb())
                .isCloseTo(PlantedMachine.LATENCIES[Expectation.SECOND_TLB], within(0.5));
        assertThat(fit.walk()).isCloseTo(PlantedMachine.LATENCIES[Expectation.WALK], within(2.0));
    }

    @Test
    void noiseAndDisturbedPointsChangeLittle() {
        Fit fit = Fit.of(PlantedMachine.curves(MOST, 0.05, 0.1), false);
        for (PageSize pages : List.of(PageSize.SIZE_4K, PageSize.SIZE_2M)) {
            for (long bytes = 1 << 16; bytes <= MOST; bytes *= 4) {
                LoadPattern pattern = new LoadPattern(bytes, 4096);
                assertThat(fit.time(pattern, pages))
                        .isCloseTo(PlantedMachine.time(pattern, pages), withPercentage(12));
            }
        }
    }

    @Test
    void sizesThatNoFootprintReachedAreNotTold() {
        Fit fit = Fit.of(PlantedMachine.curves(16 << 20, 0, 0), false);
        assertThat(fit.tells(Structures.SECOND_LARGE)).isFalse();
        assertThat(fit.tells(Structures.DIRECTORY)).isFalse();
        assertThat(fit.tells(Structures.FIRST_SMALL)).isTrue();
        assertThat(fit.tells(0)).isTrue();
    }

    @Test
    void oneCurveIsEnough() {
        Map<Curve, List<Curve.Point>> curves = PlantedMachine.curves(1 << 20, 0, 0);
        curves.keySet().removeIf(curve -> curve.stride() != 64 || curve.pages().level() != 1);
        assertThat(Fit.of(curves, false).cache(0)).isCloseTo(2, within(0.2));
    }

    @Test
    void splinteredPagesAreFoundAgainAndTellNothingOfLargeEntries() {
        Fit fit = Fit.of(PlantedMachine.splintered(MOST), true);
        assertThat(fit.error()).isLessThan(0.01);
        assertThat((double) fit.structures().secondSmall())
                .isCloseTo((double) PlantedMachine.STRUCTURES.secondSmall(), withPercentage(20));
        assertThat(fit.tells(Structures.SECOND_LARGE)).isFalse();
    }

    @Test
    void splinteredPagesFitNoMachineWithoutASecondDimension() {
        Fit fit = Fit.of(PlantedMachine.splintered(MOST), false);
        assertThat(fit.error()).isGreaterThan(0.1);
    }
}
