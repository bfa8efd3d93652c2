package org.nestwalk.lab.compare.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.lab.compare.sample.ShareEstimate.Measured;
import org.nestwalk.lab.compare.sample.ShareEstimate.Pair;
import org.nestwalk.random.Xoshiro256;

/// Intervals hold the share of populations that are made for the purpose; those of planted faults
/// do not.
class ShareEstimateTest {
    private static final double CONFIDENCE = 0.95;
    private static final double ENOUGH = 0.93;
    private static final int UNITS = 4_000;
    private static final int TRIALS = 2_000;
    private static final int PERIOD = 4;

    // The normal distribution's quantile, where Student's is right.
    private static final double NORMAL = 1.96;

    /// How a unit's share of 1,000 cycles depends on its place.
    enum Population {
        EVEN(0.2, 0.02),
        NOISY(0.2, 0.2),
        GROWING(0.1, 0.02),
        PHASES(0.1, 0.02),
        PERIODIC(0.2, 0.01);

        private final double level;
        private final double noise;

        Population(double level, double noise) {
            this.level = level;
            this.noise = noise;
        }

        private double[] parts(long seed) {
            Xoshiro256 random = new Xoshiro256(seed);
            double[] parts = new double[UNITS];
            for (int i = 0; i < UNITS; i++) {
                double place = (double) i / UNITS;
                double mean =
                        switch (this) {
                            case EVEN, NOISY -> level;
                            case GROWING -> level * (1 + 3 * place);
                            case PHASES -> (int) (place * 7) % 2 == 0 ? level : 4 * level;
                            case PERIODIC -> i % PERIOD == 0 ? 2 * level : level;
                        };
                double some = random.nextFraction() + random.nextFraction() - 1;
                parts[i] = 1_000 * Math.clamp(mean * (1 + noise * 5 * some), 0, 1);
            }
            return parts;
        }
    }

    private static ShareEstimate estimate(SamplePlan plan, double[] parts) {
        List<Pair> pairs = new ArrayList<>();
        for (List<Long> measured : plan.strata()) {
            double one = parts[Math.toIntExact(measured.getFirst())];
            double other = parts[Math.toIntExact(measured.getLast())];
            pairs.add(new Pair(plan.units(), new Measured(one, 1_000), new Measured(other, 1_000)));
        }
        return ShareEstimate.of(0, 0, pairs, CONFIDENCE);
    }

    /// The part of trials in which the interval holds the truth.
    private static double coverage(
            Population population, int strata, UnaryOperator<SamplePlan> plans, double factor) {
        int held = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            double[] parts = population.parts(trial % 5);
            double truth = 0;
            for (double part : parts) {
                truth += part / 1_000 / UNITS;
            }
            SamplePlan plan = SamplePlan.of(0, 0, UNITS, 1, strata, trial);
            ShareEstimate estimate = estimate(plans.apply(plan), parts);
            held += Math.abs(estimate.share() - truth) <= factor * estimate.halfWidth() ? 1 : 0;
        }
        return (double) held / TRIALS;
    }

    @ParameterizedTest
    @EnumSource
    void intervalsHoldTheTruth(Population population) {
        assertThat(coverage(population, 20, plan -> plan, 1)).isGreaterThan(ENOUGH);
    }

    @Test
    void normalQuantilesInPlaceOfStudentsAreFound() {
        double student = 3.182; // of three degrees of freedom
        assertThat(coverage(Population.NOISY, 3, plan -> plan, 1)).isGreaterThan(ENOUGH);
        assertThat(coverage(Population.NOISY, 3, plan -> plan, NORMAL / student))
                .isLessThan(ENOUGH);
    }

    @Test
    void errorOfAUnitOverThePopulationAndNotTheSampleIsFound() {
        double narrower = Math.sqrt(2 * 20.0 / UNITS);
        assertThat(coverage(Population.NOISY, 20, plan -> plan, narrower)).isLessThan(ENOUGH);
    }

    @Test
    void unitsAtRegularDistancesThatAreAProgramsPeriodAreFound() {
        UnaryOperator<SamplePlan> aligned =
                plan ->
                        new SamplePlan(
                                0,
                                0,
                                plan.units(),
                                1,
                                plan.strata().stream()
                                        .map(pair ->
                                                pair.stream()
                                                        .map(place -> place / PERIOD * PERIOD)
                                                        .toList())
                                        .toList());
        assertThat(coverage(Population.PERIODIC, 20, aligned, 1)).isLessThan(0.1);
    }

    @Test
    void whatWasMeasuredWithoutSamplingHasNoInterval() {
        ShareEstimate estimate = ShareEstimate.of(10, 40, List.of(), CONFIDENCE);
        assertThat(estimate.share()).isEqualTo(0.25);
        assertThat(estimate.low()).isEqualTo(0.25);
        assertThat(estimate.high()).isEqualTo(0.25);
    }

    @Test
    void degreesOfFreedomAreThoseOfTheStrataThatDiffer() {
        Pair same = new Pair(1_000, new Measured(100, 1_000), new Measured(100, 1_000));
        Pair other = new Pair(1_000, new Measured(50, 1_000), new Measured(150, 1_000));
        double one = ShareEstimate.of(0, 0, List.of(other, same, same, same), CONFIDENCE).high();
        double all = ShareEstimate.of(0, 0, List.of(other, other, other, other), CONFIDENCE).high();
        assertThat(one - 0.1)
                .as("Student's t of one degree is 12.7, of four 2.8, at twice the error")
                .isGreaterThan(2 * (all - 0.1));
    }
}
