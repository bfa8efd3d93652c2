package org.nestwalk.lab.labs.channel.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.random.Xoshiro256;

/// Samples so few that what the estimators must say can be counted.
class ExactEstimatesTest {
    private static final Offset<Double> ROUNDING = Offset.offset(1e-12);
    private static final long SEED = 5;

    private static double[] of(double... values) {
        return values;
    }

    private static double[] range(int from, int to) {
        return IntStream.range(from, to).mapToDouble(i -> i).toArray();
    }

    @Test
    void varianceIsUnbiased() {
        assertThat(Sensitivity.mean(of(1, 2, 3, 6))).isEqualTo(3);
        assertThat(Sensitivity.variance(of(1, 2, 3, 6))).isCloseTo(14.0 / 3, ROUNDING);
        assertThat(Sensitivity.variance(of(1, 3))).isEqualTo(2);
    }

    @Test
    void sensitivityIsTheDifferenceOverTheCommonDeviation() {
        Sensitivity sensitivity = Sensitivity.of(of(7, 9), of(1, 5));
        assertThat(sensitivity.difference()).isEqualTo(-5);
        assertThat(sensitivity.deviation()).isCloseTo(Math.sqrt((2.0 + 8) / 2), ROUNDING);
        assertThat(sensitivity.index()).isCloseTo(Math.sqrt(5), ROUNDING);
        assertThat(new Sensitivity(0, 0).index()).isZero();
        assertThat(new Sensitivity(4, 2).samplesFor(Gaussian.tail(3)))
                .isCloseTo(9, Offset.offset(1e-9));
        assertThat(new Sensitivity(8, 1).samplesFor(0.4)).as("never fewer").isEqualTo(1);
    }

    /// Three deviations of the difference of two means of 50 samples: 3 sqrt(2 / 50) = 0.6.
    @Test
    void differenceBeyondThreeDeviationsIsCertain() {
        assertThat(new Sensitivity(0.59, 1).isCertain(50)).isFalse();
        assertThat(new Sensitivity(-0.61, 1).isCertain(50)).isTrue();
        assertThat(new Sensitivity(1.19, 2).isCertain(50)).isFalse();
        assertThat(new Sensitivity(0.61, 1).isCertain(48)).isFalse();
        assertThat(new Sensitivity(0, 0).isCertain(50)).isFalse();
    }

    @Test
    void thresholdLiesMidwayAndTellsBothWays() {
        Threshold up = Threshold.betweenMeans(of(1, 3), of(5, 7));
        assertThat(up).isEqualTo(new Threshold(4, true));
        assertThat(up.isOne(4)).isFalse();
        assertThat(up.isOne(4.5)).isTrue();
        assertThat(up.error(of(1, 3, 5, 3), of(5, 1))).isEqualTo((0.25 + 0.5) / 2);
        Threshold down = Threshold.betweenMeans(of(5, 7), of(1, 3));
        assertThat(down).isEqualTo(new Threshold(4, false));
        assertThat(down.isOne(3.5)).isTrue();
        assertThat(down.isOne(4.5)).isFalse();
        assertThat(down.error(of(5, 7), of(1, 3))).isZero();
        assertThat(Threshold.betweenMeans(of(1, 3), of(2, 2)).largerIsOne()).isTrue();
    }

    @Test
    void likelihoodCountsOneMoreOfEach() {
        LikelihoodRatio ratio = new LikelihoodRatio(of(0, 0, 0, 1), of(1, 2));
        // Of three bins: 3, 1, 0 of four and 0, 1, 1 of two.
        assertThat(ratio.score(0)).isCloseTo(Math.log((1 / 5.0) / (4 / 7.0)), ROUNDING);
        assertThat(ratio.score(1)).isCloseTo(Math.log((2 / 5.0) / (2 / 7.0)), ROUNDING);
        assertThat(ratio.score(2)).isCloseTo(Math.log((2 / 5.0) / (1 / 7.0)), ROUNDING);
        assertThat(ratio.scores(of(2, 0))).containsExactly(ratio.score(2), ratio.score(0));
    }

    @Test
    void sampleNeverSeenInAClassIsNotImpossible() {
        LikelihoodRatio ratio = new LikelihoodRatio(of(0, 0, 0, 0), of(1, 1, 1, 1));
        assertThat(ratio.score(1)).isCloseTo(Math.log(5), ROUNDING);
        assertThat(ratio.score(0)).isCloseTo(-Math.log(5), ROUNDING);
    }

    @Test
    void halfOfWhatIsAsLikelyInBothIsToldWrongly() {
        LikelihoodRatio ratio = new LikelihoodRatio(of(0, 0, 1, 2), of(1, 2, 3, 3));
        assertThat(ratio.score(1)).isZero();
        assertThat(ratio.error(of(0, 0, 1, 3), of(3, 1, 1, 1))).isEqualTo((0.375 + 0.375) / 2);
        assertThat(ratio.error(of(3, 3), of(0, 0))).isEqualTo(1);
        assertThat(ratio.error(of(0), of(3))).isZero();
    }

    @Test
    void upToSixteenValuesHaveABinEach() {
        for (int values = 1; values <= 16; values++) {
            Bins bins = Bins.of(range(0, values), range(0, values));
            assertThat(bins.size()).isEqualTo(values);
            for (int i = 0; i < values; i++) {
                assertThat(bins.indexOf(i)).isEqualTo(i);
                assertThat(bins.indexOf(i + 0.5)).isEqualTo(i);
            }
            assertThat(bins.indexOf(-7)).isZero();
            assertThat(bins.indexOf(1e9)).isEqualTo(values - 1);
        }
    }

    @Test
    void moreValuesShareSixteenBinsOfAsManySamples() {
        Bins bins = Bins.of(range(0, 800), range(800, 1600));
        assertThat(bins.size()).isEqualTo(16);
        assertThat(bins.count(range(0, 1600))).containsOnly(100);
        assertThat(Bins.of(range(0, 17), range(0, 17)).size()).isEqualTo(16);
    }

    @Test
    void valuesThatFillManyBinsHaveOne() {
        double[] zeroes = new double[900];
        Bins bins = Bins.of(zeroes, range(0, 100));
        assertThat(bins.count(zeroes)[0]).isEqualTo(900);
        assertThat(bins.size()).as("the last tenth of all, and the rest").isEqualTo(2);
        assertThat(bins.indexOf(0.5)).isZero();
    }

    /// Of the C(2n, n) ways to draw n of n zeroes and n ones, those with k zeroes are C(n, k)^2.
    @ParameterizedTest
    @CsvSource({"1, 1.0, 1.0", "2, 0.3333333, 0.3333333", "3, 0.1735334, 0.1"})
    void informationIsWhatTheClassesTellBeyondTheMeanOfAllDrawings(
            int each, double chance, double asMuch) {
        double[] zero = new double[each];
        double[] one = new double[each];
        Arrays.fill(one, 1);
        MutualInformation information =
                MutualInformation.of(zero, one, 20_000, new Xoshiro256(SEED));
        assertThat(information.bits()).isCloseTo(1 - chance, Offset.offset(0.015));
        assertThat(information.probability()).isCloseTo(asMuch, Offset.offset(0.015));
    }

    /// 15 degrees of freedom in 200 samples: 15 / (2 * 200 ln 2) = 0.054 bits by chance.
    @Test
    void samplesWithoutInformationTellNoneOnAverage() {
        Xoshiro256 random = new Xoshiro256(SEED);
        double sum = 0;
        int rounds = 100;
        for (int round = 0; round < rounds; round++) {
            double[] zero = Samples.normal(0, 1, 100, random.nextBelow(1L << 40));
            double[] one = Samples.normal(0, 1, 100, random.nextBelow(1L << 40));
            sum += MutualInformation.of(zero, one, 19, random).bits();
        }
        assertThat(sum / rounds).as("seed %d", SEED).isLessThan(0.012);
    }

    @Test
    void probabilityCountsTheDrawingThatWasMade() {
        double[] alike = of(1, 1, 1);
        MutualInformation none = MutualInformation.of(alike, alike, 3, new Xoshiro256(SEED));
        assertThat(none).isEqualTo(new MutualInformation(0, 1));
        assertThat(MutualInformation.of(range(0, 16), range(50, 66), 9, new Xoshiro256(SEED)))
                .extracting(MutualInformation::probability)
                .isEqualTo(0.1);
    }

    @Test
    void classesOfDifferentWeightAreRefused() {
        assertThatThrownBy(() -> MutualInformation.of(of(1), of(1, 2), 1, new Xoshiro256(SEED)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Classes(of(1), of(1, 2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// Against the sums of the distribution itself.
    @Test
    void intervalIsWhereTheSumsOfTheDistributionCrossBothBounds() {
        for (double probability : of(0.003, 0.1, 0.31, 0.5, 0.77, 0.999)) {
            for (int trials = 1; trials <= 30; trials++) {
                for (double outside : of(0.011, 0.13, 0.6)) {
                    BinomialInterval interval = BinomialInterval.of(trials, probability, outside);
                    long low = 0;
                    while (atMost(low, trials, probability) <= outside / 2) {
                        low++;
                    }
                    long high = low;
                    while (atMost(high, trials, probability) < 1 - outside / 2) {
                        high++;
                    }
                    assertThat(interval)
                            .as("%d trials of %s, %s outside", trials, probability, outside)
                            .isEqualTo(new BinomialInterval(low, high));
                }
            }
        }
    }

    private static double atMost(long count, int trials, double probability) {
        double sum = 0;
        for (int k = 0; k <= count; k++) {
            double ways = 1;
            for (int i = 0; i < k; i++) {
                ways = ways * (trials - i) / (i + 1);
            }
            sum += ways * Math.pow(probability, k) * Math.pow(1 - probability, trials - k);
        }
        return sum;
    }

    @Test
    void certainEventsHaveOneCount() {
        assertThat(BinomialInterval.of(9, 0, 0.1)).isEqualTo(new BinomialInterval(0, 0));
        assertThat(BinomialInterval.of(9, 1, 0.1)).isEqualTo(new BinomialInterval(9, 9));
        BinomialInterval interval = new BinomialInterval(3, 5);
        assertThat(IntStream.range(0, 10).filter(interval::contains)).containsExactly(3, 4, 5);
    }

    @Test
    void curveHasTheSharesAboveEachTwentiethOfClassZero() {
        double[] zero = range(0, 100);
        double[] one = range(40, 120);
        Roc roc = Roc.of(zero, one);
        assertThat(roc.points()).hasSize(21);
        for (int i = 1; i < 20; i++) {
            int above = 99 - 5 * i;
            assertThat(roc.points().get(i))
                    .isEqualTo(
                            new Roc.Point(
                                    5 * i / 100.0,
                                    Arrays.stream(one).filter(v -> v > above).count() / 80.0));
        }
    }

    @Test
    void pointsOfTheCurveThatCoincideAreOne() {
        assertThat(Roc.of(of(1), of(2)).points())
                .containsExactly(new Roc.Point(0, 0), new Roc.Point(0, 1), new Roc.Point(1, 1));
    }

    @Test
    void judgementIsOfWhatWasSeenByWhatWasLearnt() {
        Classes learnt = new Classes(of(1, 1, 1, 1), of(9, 9, 9, 9));
        Classes seen = new Classes(of(1, 1, 1, 9), of(9, 9, 9, 9));
        Judgement judgement = Judgement.of(learnt, seen, new Xoshiro256(SEED));
        assertThat(judgement.area()).isEqualTo((12 + 4 * 0.5) / 16);
        assertThat(judgement.roc()).isEqualTo(Roc.of(seen.zero(), seen.one()).points());
        assertThat(judgement.thresholdError()).isEqualTo(0.125);
        assertThat(judgement.likelihoodError()).isEqualTo(0.125);
        MutualInformation information =
                MutualInformation.of(
                        seen.zero(), seen.one(), Judgement.PERMUTATIONS, new Xoshiro256(SEED));
        assertThat(judgement.bits()).isEqualTo(information.bits());
        assertThat(judgement.probability()).isEqualTo(information.probability());
    }

    @Test
    void judgementTurnsTheCurveWhereClassOneIsTheSmaller() {
        Classes classes = new Classes(of(9, 8, 9, 9), of(1, 2, 1, 1));
        Judgement judgement = Judgement.of(classes, classes, new Xoshiro256(SEED));
        assertThat(judgement.area()).isEqualTo(1);
        assertThat(judgement.thresholdError()).isZero();
        assertThat(judgement.likelihoodError()).isZero();
    }
}
