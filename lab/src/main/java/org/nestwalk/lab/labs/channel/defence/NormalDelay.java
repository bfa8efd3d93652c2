package org.nestwalk.lab.labs.channel.defence;

import org.nestwalk.lab.labs.channel.estimate.Gaussian;
import org.nestwalk.random.Xoshiro256;

/// Every walk takes longer by a normally distributed time with a mean of three deviations, cut off
/// at 0 and at six deviations.
///
/// @param deviation of the delay in cycles, above 0
public record NormalDelay(double deviation) implements Defence {
    private static final double MEAN = 3;

    @Override
    public Kind kind() {
        return Kind.DELAY;
    }

    @Override
    public String name() {
        return "normal delay, sd %.0f".formatted(deviation);
    }

    @Override
    public double delay(double cycles, Xoshiro256 random, Gaussian gaussian) {
        return cycles + deviation * Math.clamp(MEAN + gaussian.next(), 0, 2 * MEAN);
    }

    @Override
    public double cyclesOf(ProgramCosts costs) {
        return costs.plain().cycles() + costs.plain().walks() * MEAN * deviation;
    }
}
