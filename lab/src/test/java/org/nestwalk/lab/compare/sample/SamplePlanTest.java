package org.nestwalk.lab.compare.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplePlanTest {
    @Test
    void strataAndTheBeginningAreAllThatThereIs() {
        for (long seed = 0; seed < 50; seed++) {
            long end = 1_000_003 + 7_919 * seed;
            SamplePlan plan = SamplePlan.of(1_000, 5_000, end, 997, 13, seed);
            assertThat(plan.from() + plan.first() + 13 * plan.units() * plan.unit()).isEqualTo(end);
            assertThat(plan.units() % 2).isZero();
            assertThat(plan.unit()).isGreaterThanOrEqualTo(997);
            assertThat(plan.first()).isGreaterThanOrEqualTo(5_000);
        }
    }

    @Test
    void bothUnitsOfAStratumLieInItAndDiffer() {
        SamplePlan plan = SamplePlan.of(0, 100, 1_000_000, 100, 20, 3);
        long begin = plan.first();
        for (List<Long> pair : plan.strata()) {
            assertThat(pair.getFirst()).isLessThan(pair.getLast()).isGreaterThanOrEqualTo(begin);
            begin += plan.units() * plan.unit();
            assertThat(pair.getLast()).isLessThanOrEqualTo(begin - plan.unit());
        }
    }

    @Test
    void placesDependOnTheSeed() {
        assertThat(SamplePlan.of(0, 100, 1_000_000, 100, 20, 3))
                .isEqualTo(SamplePlan.of(0, 100, 1_000_000, 100, 20, 3))
                .isNotEqualTo(SamplePlan.of(0, 100, 1_000_000, 100, 20, 4));
    }

    @Test
    void unitsBehindEachOtherNeedNothingBetween() {
        SamplePlan plan = new SamplePlan(0, 100, 2, 100, List.of(List.of(100L, 200L)));
        assertThat(plan.phases(50))
                .extracting(SamplePlan.Phase::way)
                .containsExactly(
                        SamplePlan.Way.MEASURE,
                        SamplePlan.Way.MEASURE,
                        SamplePlan.Way.MEASURE,
                        SamplePlan.Way.SKIP);
    }

    @Test
    void accessesBeforeAUnitAreMadeAndNotMeasured() {
        SamplePlan plan = new SamplePlan(10, 100, 4, 100, List.of(List.of(130L, 400L)));
        assertThat(plan.phases(50))
                .containsExactly(
                        new SamplePlan.Phase(SamplePlan.Way.WARM, 10),
                        new SamplePlan.Phase(SamplePlan.Way.MEASURE, 110),
                        new SamplePlan.Phase(SamplePlan.Way.WARM, 130),
                        new SamplePlan.Phase(SamplePlan.Way.MEASURE, 230),
                        new SamplePlan.Phase(SamplePlan.Way.SKIP, 350),
                        new SamplePlan.Phase(SamplePlan.Way.WARM, 400),
                        new SamplePlan.Phase(SamplePlan.Way.MEASURE, 500),
                        new SamplePlan.Phase(SamplePlan.Way.SKIP, Long.MAX_VALUE));
    }
}
