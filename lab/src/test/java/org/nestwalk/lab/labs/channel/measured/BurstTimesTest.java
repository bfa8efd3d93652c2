package org.nestwalk.lab.labs.channel.measured;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.lab.labs.channel.estimate.Classes;
import org.nestwalk.lab.labs.channel.estimate.Gaussian;
import org.nestwalk.random.Xoshiro256;

/// What is told of planted times is what is known of them.
class BurstTimesTest {
    private static final long SEED = 5;
    private static final double TICKS = 2.5;
    private static final int COUNT = 4_000;

    private final List<PageSize> order = new ArrayList<>();

    /// Bursts that take `mean` nanoseconds a load, with normal noise of deviation 10 a burst.
    private final class Planted implements Loads {
        private final PageSize pages;
        private final double mean;
        private final Gaussian noise;
        private int warming;
        private int outlierEvery;
        private int calls;

        Planted(PageSize pages, double mean) {
            this.pages = pages;
            this.mean = mean;
            this.noise = new Gaussian(new Xoshiro256(SEED + pages.level()));
        }

        @Override
        public Place place() {
            return Place.NATIVE;
        }

        @Override
        public PageSize pages() {
            return pages;
        }

        @Override
        public long bytes() {
            return 64L << 20;
        }

        @Override
        public long chase(LoadPattern pattern, int warming, int settling, int loads) {
            order.add(pages);
            this.warming = warming;
            calls++;
            double outlier = outlierEvery > 0 && calls % outlierEvery == 0 ? 1e5 : 0;
            return Math.round((mean + outlier + 10 * noise.next()) * TICKS * loads);
        }

        @Override
        public long flood(LoadPattern pattern, int loads) {
            return chase(pattern, loads, 1, loads);
        }

        @Override
        public void close() {}
    }

    private BurstRow row(double small, double large) {
        BurstTimes times =
                new BurstTimes(
                        new Planted(PageSize.SIZE_4K, small),
                        new Planted(PageSize.SIZE_2M, large),
                        TICKS,
                        SEED);
        Classes learnt = times.take(1_000, COUNT);
        return BurstRow.of(1_000, learnt, times.take(1_000, COUNT), new Xoshiro256(SEED));
    }

    @Test
    void plantedDifferenceIsFound() {
        BurstRow row = row(230, 215);
        assertThat(row.small()).isCloseTo(230, Offset.offset(1.0));
        assertThat(row.large()).isCloseTo(215, Offset.offset(1.0));
        assertThat(row.difference()).isCloseTo(-15, Offset.offset(1.0));
        assertThat(row.sensitivity()).as("seed " + SEED).isCloseTo(1.5, Offset.offset(0.08));
        // The area of two normal classes is Phi(d' / sqrt 2) (Green and Swets, 1966).
        assertThat(row.judgement().area())
                .isCloseTo(1 - Gaussian.tail(1.5 / Math.sqrt(2)), Offset.offset(0.02));
        assertThat(row.bursts()).isBetween(9.0, 12.0);
    }

    /// A busy host stops a few bursts on 2M pages, so that their mean is the larger one.
    @ParameterizedTest
    @ValueSource(ints = {101, 331, 997})
    void outliersDoNotTurnRoundWhatIsTold(int outlierEvery) {
        Planted large = new Planted(PageSize.SIZE_2M, 200);
        large.outlierEvery = outlierEvery;
        BurstTimes times = new BurstTimes(new Planted(PageSize.SIZE_4K, 230), large, TICKS, SEED);
        Classes learnt = times.take(1_000, COUNT);
        BurstRow row = BurstRow.of(1_000, learnt, times.take(1_000, COUNT), new Xoshiro256(SEED));
        assertThat(row.difference()).as("of the means").isPositive();
        assertThat(row.small() - row.large()).isCloseTo(30, Offset.offset(1.0));
        assertThat(row.judgement().area()).as("seed " + SEED).isGreaterThan(0.95);
        assertThat(row.judgement().thresholdError()).isLessThan(0.1);
        assertThat(row.bursts()).as("averages tell the contrary").isEqualTo(-1);
    }

    @Test
    void equalMappingsAreNotToldApart() {
        BurstRow row = row(200, 200);
        assertThat(row.judgement().area()).isCloseTo(0.5, Offset.offset(0.02));
        assertThat(row.judgement().probability()).as("seed " + SEED).isGreaterThan(0.01);
        assertThat(row.bursts()).isEqualTo(-1);
    }

    @Test
    void controlStaysWithinItsMargin() {
        BurstRow row = row(230, 215);
        assertThat(Math.abs(row.control() - 0.5)).isLessThan(row.controlMargin());
        assertThat(row.controlMargin()).isCloseTo(0.0166, Offset.offset(0.0005));
    }

    @Test
    void eitherMappingComesFirstAboutAsOften() {
        row(230, 215);
        long smallFirst = 0;
        for (int i = 0; i < order.size(); i += 2) {
            assertThat(order.get(i)).isNotEqualTo(order.get(i + 1));
            smallFirst += order.get(i) == PageSize.SIZE_4K ? 1 : 0;
        }
        assertThat(smallFirst).as("of %d, seed %d", 2 * COUNT, SEED).isBetween(3_800L, 4_200L);
    }

    @Test
    void victimTouchesEachLargePageTwiceOnAverageBeforeABurst() {
        Planted small = new Planted(PageSize.SIZE_4K, 1);
        BurstTimes times = new BurstTimes(small, new Planted(PageSize.SIZE_2M, 1), TICKS, SEED);
        times.take(10, 1);
        assertThat(small.warming).isEqualTo(64).isEqualTo(times.before());
    }
}
