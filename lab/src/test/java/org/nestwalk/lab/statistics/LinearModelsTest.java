package org.nestwalk.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.random.SplitMix64;

class LinearModelsTest {
    private static double[] noise(int count, long seed) {
        double[] noise = new double[count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < 12; j++) {
                noise[i] += SplitMix64.fraction(SplitMix64.hash(seed, 12L * i + j));
            }
            noise[i] -= 6;
        }
        return noise;
    }

    @Test
    void theTestIsThatOfALineWhereOneIsAdded() {
        // y over x = 1..5: slope 0.6, residual 2.4 of 6; F = (6 - 2.4) / (2.4 / 3) = 4.5,
        // whose p with 1 and 3 degrees of freedom is 0.1240.
        LinearModels models = new LinearModels(new double[] {2, 4, 5, 4, 5});
        LinearModels.Test test = models.isEnough(List.of(), List.of(new double[] {1, 2, 3, 4, 5}));
        assertThat(test.f()).isEqualTo(4.5, within(1e-9));
        assertThat(test.p()).isEqualTo(0.1240, within(0.0005));
    }

    @Test
    void aModelThatExplainsAllIsEnoughAndOneThatLeavesSomethingIsNot() {
        double[] x = {1, 2, 3, 4, 5, 6};
        double[] z = {1, 0, 1, 0, 0, 1};
        double[] y = {3, 5, 7, 9, 11, 13};
        LinearModels models = new LinearModels(y);
        assertThat(models.isEnough(List.of(x), List.of(z)).p()).isEqualTo(1);
        LinearModels.Test wrong = models.isEnough(List.of(z), List.of(x));
        assertThat(wrong.p()).isZero();
        assertThat(wrong.f()).isInfinite();
    }

    @Test
    void whatIsNothingButAMultipleAddsNothing() {
        double[] x = {1, 2, 3, 4, 5};
        double[] twice = {2, 4, 6, 8, 10};
        LinearModels models = new LinearModels(new double[] {2, 4, 5, 4, 5});
        assertThat(models.isEnough(List.of(x), List.of(twice)).p()).isEqualTo(1);
        assertThat(models.isEnough(List.of(), List.of(new double[5])).p()).isEqualTo(1);
    }

    @Test
    void aRightModelIsRejectedAsOftenAsItShouldBe() {
        int rejected = 0;
        for (int seed = 0; seed < 400; seed++) {
            double[] x = noise(20, 1000 + seed);
            double[] z = noise(20, 5000 + seed);
            double[] y = noise(20, 9000 + seed);
            for (int i = 0; i < 20; i++) {
                y[i] += 3 * x[i];
            }
            rejected += new LinearModels(y).isEnough(List.of(x), List.of(z)).p() < 0.05 ? 1 : 0;
        }
        // 20 expected, standard deviation 4.4.
        assertThat(rejected).isBetween(5, 36);
    }
}
