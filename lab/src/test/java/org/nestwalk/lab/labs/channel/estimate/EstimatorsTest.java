package org.nestwalk.lab.labs.channel.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.random.Xoshiro256;

class EstimatorsTest {
    private static final long SEED = 4;
    private static final int COUNT = 50_000;

    /// Error Q(z) with z = 2.33 at noise of five differences: 543 observations.
    @Test
    void fiveDifferencesOfNoiseNeed543SamplesForOnePercent() {
        Sensitivity sensitivity = new Sensitivity(1, 5);
        assertThat(sensitivity.samplesFor(Gaussian.tail(2.33))).isCloseTo(543, Offset.offset(0.5));
        assertThat(new Sensitivity(1, 10).samplesFor(0.01))
                .isCloseTo(4 * sensitivity.samplesFor(0.01), Percentage.withPercentage(0.5));
    }

    /// (2 x 2.32635)^2 = 21.65 at noise of one difference: 21 samples err in more than 1 %.
    @ParameterizedTest
    @CsvSource({"1, 22", "2, 87", "0.5, 6", "5, 542", "0.01, 1"})
    void samplesForOnePercentAreWholeOnesAndEnough(double noise, double samples) {
        Sensitivity sensitivity = new Sensitivity(1, noise);
        assertThat(sensitivity.samplesFor(0.01)).isEqualTo(samples);
        assertThat(Gaussian.tail(Math.sqrt(samples) / 2 / noise)).isLessThanOrEqualTo(0.01);
        if (samples > 1) {
            assertThat(Gaussian.tail(Math.sqrt(samples - 1) / 2 / noise)).isGreaterThan(0.01);
        }
    }

    @Test
    void classesAlikeNeedMoreSamplesThanThereAre() {
        assertThat(new Sensitivity(0, 0).samplesFor(0.01)).isInfinite();
        assertThat(new Sensitivity(3, 0).samplesFor(0.01)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2})
    void thresholdAndLikelihoodRatioErrAsNormalClassesMustMakeThem(double difference) {
        double[] zero = Samples.normal(0, 1, COUNT, SEED);
        double[] one = Samples.normal(difference, 1, COUNT, SEED + 1);
        double expected = Gaussian.tail(difference / 2);
        assertThat(Threshold.betweenMedians(zero, one).error(zero, one))
                .isCloseTo(expected, Offset.offset(0.006));
        assertThat(Threshold.betweenMeans(zero, one).error(zero, one))
                .isCloseTo(expected, Offset.offset(0.006));
        assertThat(new LikelihoodRatio(zero, one).error(zero, one))
                .isCloseTo(expected, Offset.offset(0.012));
    }

    @Test
    void likelihoodRatioTellsClassesOfOneMeanApart() {
        double[] zero = Samples.normal(0, 1, COUNT, SEED);
        double[] one = Samples.normal(0, 5, COUNT, SEED + 1);
        assertThat(Threshold.betweenMedians(zero, one).error(zero, one)).isGreaterThan(0.45);
        assertThat(new LikelihoodRatio(zero, one).error(zero, one)).isLessThan(0.25);
    }

    /// A host that was busy during a few samples of the smaller class: its mean is the larger one.
    @ParameterizedTest
    @CsvSource({"0.002, 5000", "0.01, 2000", "0.05, 1e6"})
    void outliersDoNotTurnTheDirectionRound(double share, double outlier) {
        Classes learnt = withOutliers(share, outlier, SEED);
        Classes seen = withOutliers(share, outlier, SEED + 2);
        assertThat(Sensitivity.of(learnt.zero(), learnt.one()).difference()).isPositive();
        Judgement judgement = Judgement.of(learnt, seen, new Xoshiro256(SEED));
        assertThat(judgement.largerIsOne()).isFalse();
        assertThat(judgement.area()).isGreaterThan(0.9);
        assertThat(judgement.thresholdError()).isLessThan(0.1);
    }

    /// Class 1 takes 3 less, but for a share of outliers.
    private static Classes withOutliers(double share, double outlier, long seed) {
        double[] zero = Samples.normal(3, 1, 2_000, seed);
        double[] one = Samples.normal(0, 1, 2_000, seed + 1);
        for (int i = 0; i < share * one.length; i++) {
            one[i * 7 % one.length] = outlier;
        }
        return new Classes(zero, one);
    }

    @Test
    void scoresOfIndependentSamplesAddUp() {
        double[] zero = Samples.normal(0, 1, COUNT, SEED);
        double[] one = Samples.normal(0.5, 1, COUNT, SEED + 1);
        LikelihoodRatio ratio = new LikelihoodRatio(zero, one);
        double[] scores = ratio.scores(Samples.normal(0.5, 1, 200, SEED + 2));
        double sum = 0;
        for (double score : scores) {
            sum += score;
        }
        assertThat(sum).as("200 samples of class 1").isPositive();
    }

    @Test
    void areaIsTheShareOfPairsInOrder() {
        Xoshiro256 random = new Xoshiro256(SEED);
        for (int round = 0; round < 100; round++) {
            double[] zero = small(random);
            double[] one = small(random);
            double pairs = 0;
            for (double low : zero) {
                for (double high : one) {
                    pairs += high > low ? 1 : high == low ? 0.5 : 0;
                }
            }
            assertThat(Roc.of(zero, one).area())
                    .as("seed %d, round %d", SEED, round)
                    .isCloseTo(pairs / zero.length / one.length, Offset.offset(1e-12));
        }
    }

    private static double[] small(Xoshiro256 random) {
        double[] values = new double[1 + (int) random.nextBelow(30)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextBelow(10);
        }
        return values;
    }

    @Test
    void areaOfNormalClassesIsThatOfTheirSensitivity() {
        double[] zero = Samples.normal(0, 1, COUNT, SEED);
        double[] one = Samples.normal(1, 1, COUNT, SEED + 1);
        assertThat(Roc.of(zero, one).area())
                .isCloseTo(1 - Gaussian.tail(1 / Math.sqrt(2)), Offset.offset(0.005));
    }

    @Test
    void curveRunsFromNothingToEverythingAndNeverFalls() {
        Roc roc = Roc.of(Samples.normal(0, 1, 1_000, SEED), Samples.normal(1, 1, 1_000, SEED + 1));
        assertThat(roc.points().getFirst()).isEqualTo(new Roc.Point(0, 0));
        assertThat(roc.points().getLast()).isEqualTo(new Roc.Point(1, 1));
        for (int i = 1; i < roc.points().size(); i++) {
            assertThat(roc.points().get(i).hits())
                    .isGreaterThanOrEqualTo(roc.points().get(i - 1).hits());
        }
    }

    private static MutualInformation information(double[] zero, double[] one) {
        return MutualInformation.of(zero, one, 99, new Xoshiro256(SEED));
    }

    @Test
    void classesApartTellOneBit() {
        MutualInformation all =
                information(
                        Samples.normal(0, 1, 2_000, SEED), Samples.normal(100, 1, 2_000, SEED + 1));
        assertThat(all.bits()).isCloseTo(1, Offset.offset(0.01));
        assertThat(all.probability()).isEqualTo(0.01);
    }

    @Test
    void classesAlikeTellNothingBeyondChance() {
        MutualInformation none =
                information(
                        Samples.normal(0, 1, 20_000, SEED), Samples.normal(0, 1, 20_000, SEED + 1));
        assertThat(none.bits()).isLessThan(0.001);
        assertThat(none.probability()).as("seed " + SEED).isGreaterThan(0.05);
    }

    /// At low signal-to-noise ratios d^2 / (8 s^2 ln 2) bits for means d apart.
    @Test
    void littleSignalTellsWhatTheFormulaSays() {
        double bits =
                information(
                                Samples.normal(0, 1, 200_000, SEED),
                                Samples.normal(0.25, 1, 200_000, SEED + 1))
                        .bits();
        assertThat(bits).isCloseTo(0.0625 / (8 * Math.log(2)), Percentage.withPercentage(10));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.02, 0.5, 0.9})
    void intervalLeavesAsMuchOutsideAsAskedFor(double probability) {
        int trials = 1_000;
        BinomialInterval interval = BinomialInterval.of(trials, probability, 0.01);
        Xoshiro256 random = new Xoshiro256(SEED);
        int outside = 0;
        for (int round = 0; round < 4_000; round++) {
            int count = 0;
            for (int i = 0; i < trials; i++) {
                count += random.nextFraction() < probability ? 1 : 0;
            }
            outside += interval.contains(count) ? 0 : 1;
        }
        assertThat(outside).as("of 4,000, seed " + SEED).isLessThan(60);
        assertThat(interval.contains(Math.round(trials * probability))).isTrue();
    }
}
