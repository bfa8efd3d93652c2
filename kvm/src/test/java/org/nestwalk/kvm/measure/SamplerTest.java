package org.nestwalk.kvm.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;

class SamplerTest {
    private static final Clocks CLOCKS = new Clocks(2, 3);
    private static final Sampler.Limits LIMITS = new Sampler.Limits(4, 20, Long.MAX_VALUE);

    /// Loads that take 10 ns, and in many bursts up to three times as long.
    private static final class Disturbed implements Loads {
        private final Random random = new Random(7);
        private int bursts;
        private double slower = 1;

        @Override
        public Place place() {
            return Place.NATIVE;
        }

        @Override
        public PageSize pages() {
            return PageSize.SIZE_4K;
        }

        @Override
        public long bytes() {
            return 1 << 20;
        }

        @Override
        public long chase(LoadPattern pattern, int warming, int settling, int loads) {
            bursts++;
            double disturbed = random.nextDouble() < 0.6 ? 1 + 2 * random.nextDouble() : 1;
            return Math.round(20 * loads * slower * disturbed);
        }

        @Override
        public long flood(LoadPattern pattern, int loads) {
            return chase(pattern, loads, 1, loads);
        }

        @Override
        public void close() {}
    }

    private final Disturbed loads = new Disturbed();
    private final Sampler sampler = new Sampler(CLOCKS);

    @Test
    void timeIsTheBestQuantileHoweverManyBurstsAreDisturbed() {
        sampler.add(loads, 64, List.of(65536L));
        sampler.run(LIMITS, (_, _) -> true);
        Curve.Point point = sampler.curves().values().iterator().next().getFirst();
        assertThat(point.nanoseconds()).isCloseTo(10, within(0.01));
        assertThat(point.spread()).isPositive();
    }

    @Test
    void typicalTimeIsTheMedianOfWhatTheBestOfEachRoundWas() {
        sampler.add(loads, 64, List.of(65536L));
        for (double slower : new double[] {1, 4, 2}) {
            loads.slower = slower;
            assertThat(sampler.round(() -> true)).isTrue();
        }
        loads.slower = 8;
        assertThat(sampler.round(() -> false)).isFalse();
        assertThat(sampler.rounds()).isEqualTo(3);
        double typical =
                sampler.typicalCurves().values().iterator().next().getFirst().nanoseconds();
        double best = sampler.curves().values().iterator().next().getFirst().nanoseconds();
        // Some of six bursts are disturbed, of the best by less than a half.
        assertThat(typical).isBetween(20.0, 30.0);
        assertThat(best).isLessThan(15);
    }

    @Test
    void measuringEndsWhenMoreWouldChangeLittle() {
        sampler.add(loads, 64, List.of(65536L));
        sampler.run(LIMITS, (_, _) -> true);
        assertThat(sampler.isStable()).isTrue();
        assertThat(sampler.rounds()).isBetween(4, 19);
    }

    @Test
    void timeLimitHoldsOnceTheLeastRoundsAreMade() {
        sampler.add(loads, 64, List.of(65536L));
        sampler.run(new Sampler.Limits(1, 20, 0), (_, _) -> true);
        assertThat(sampler.rounds()).isEqualTo(1);
    }

    @Test
    void listenerEndsMeasuringAndWhatThereIsStays() {
        sampler.add(loads, 64, List.of(65536L, 131072L));
        sampler.run(LIMITS, (done, _) -> done == 0);
        assertThat(sampler.rounds()).isZero();
        assertThat(loads.bursts).isEqualTo(Sampler.BURSTS);
        assertThat(sampler.curves().values().iterator().next()).hasSize(1);
    }

    @Test
    void onlyFootprintsThatTheMemoryHoldsAreMeasuredAndEachOnce() {
        sampler.add(loads, 4096, List.of(4096L, 8192L, 12000L, 1L << 20, 1L << 21));
        sampler.run(new Sampler.Limits(1, 1, Long.MAX_VALUE), (_, _) -> true);
        assertThat(sampler.curves().values().iterator().next())
                .extracting(Curve.Point::bytes)
                .containsExactly(8192L, 1L << 20);
    }

    @Test
    void footprintsGrowByAConstantFactor() {
        List<Long> footprints = Footprints.upTo(1 << 20, 2);
        assertThat(footprints).hasSize(11).startsWith(32768L, 45056L, 65536L).endsWith(1L << 20);
    }
}
