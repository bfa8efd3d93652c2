package org.nestwalk.lab.labs.channel.defence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.labs.channel.estimate.Gaussian;
import org.nestwalk.lab.labs.channel.estimate.Sensitivity;
import org.nestwalk.random.Xoshiro256;

class DefencesTest {
    private static final long SEED = 9;
    private static final int COUNT = 100_000;
    private static final ProgramCosts COSTS =
            new ProgramCosts(
                    new ProgramCosts.Run(1_000_000, 1_000, 300_000),
                    new ProgramCosts.Run(1_500_000, 4_000, 900_000),
                    new ProgramCosts.Run(1_010_000, 1_100, 320_000));

    private final Xoshiro256 random = new Xoshiro256(SEED);
    private final Gaussian gaussian = new Gaussian(new Xoshiro256(SEED + 1));

    private double[] delays(Defence defence) {
        double[] delays = new double[COUNT];
        for (int i = 0; i < COUNT; i++) {
            delays[i] = defence.delay(500, random, gaussian) - 500;
        }
        return delays;
    }

    @Test
    void delaysHaveTheirDeviationAreNeverNegativeAndCostTheirMean() {
        for (Defence defence : new Defence[] {new UniformDelay(100), new NormalDelay(100)}) {
            double[] delays = delays(defence);
            assertThat(Arrays.stream(delays).min().orElseThrow()).isNotNegative();
            assertThat(Math.sqrt(Sensitivity.variance(delays)))
                    .as(defence.name())
                    .isCloseTo(100, Percentage.withPercentage(2));
            assertThat(defence.cyclesOf(COSTS))
                    .isCloseTo(
                            1_000_000 + 1_000 * Sensitivity.mean(delays),
                            Percentage.withPercentage(0.1));
        }
    }

    @Test
    void paddedWalksAreAllAlikeAndCostTheDifference() {
        Defence padded = new PadToWorst(5_000);
        assertThat(padded.delay(17, random, gaussian)).isEqualTo(5_000);
        assertThat(padded.delay(4_999, random, gaussian)).isEqualTo(5_000);
        assertThat(padded.cyclesOf(COSTS)).isEqualTo(1_000_000 - 300_000 + 1_000 * 5_000.0);
    }

    @Test
    void coarseTimerAveragesWrongAndADitheredOneRight() {
        assertThat(new CoarseTimer(1_000).read(1_730, random)).isEqualTo(1_000);
        double sum = 0;
        for (int i = 0; i < COUNT; i++) {
            double read = new DitheredTimer(1_000).read(1_730, random);
            assertThat(read).isIn(1_000.0, 2_000.0);
            sum += read;
        }
        assertThat(sum / COUNT).isCloseTo(1_730, Offset.offset(10.0));
    }

    @Test
    void otherDefencesCostWhatTheirRunCosts() {
        assertThat(new NoDefence().cyclesOf(COSTS)).isEqualTo(1_000_000);
        assertThat(new SmallPagesOnly().cyclesOf(COSTS)).isEqualTo(1_500_000);
        assertThat(new FlushAtSwitches().cyclesOf(COSTS)).isEqualTo(1_010_000);
        assertThat(new CoarseTimer(10).cyclesOf(COSTS)).isEqualTo(1_000_000);
    }
}
