package org.nestwalk.lab.labs.channel.defence;

import org.nestwalk.lab.labs.channel.estimate.Gaussian;
import org.nestwalk.random.Xoshiro256;

/// Every walk takes longer by a uniformly distributed time from 0 to deviation x sqrt(12).
///
/// Averaging needs (noise^2 + deviation^2) / noise^2 times the samples: the attacker pays
/// quadratically, the victim linearly.
///
/// @param deviation of the delay in cycles, above 0
public record UniformDelay(double deviation) implements Defence {
    @Override
    public Kind kind() {
        return Kind.DELAY;
    }

    @Override
    public String name() {
        return "uniform delay, sd %.0f".formatted(deviation);
    }

    private double width() {
        return deviation * Math.sqrt(12);
    }

    @Override
    public double delay(double cycles, Xoshiro256 random, Gaussian gaussian) {
        return cycles + random.nextFraction() * width();
    }

    @Override
    public double cyclesOf(ProgramCosts costs) {
        return costs.plain().cycles() + costs.plain().walks() * width() / 2;
    }
}
