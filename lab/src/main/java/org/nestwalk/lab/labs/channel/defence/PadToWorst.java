package org.nestwalk.lab.labs.channel.defence;

import org.nestwalk.lab.labs.channel.estimate.Gaussian;
import org.nestwalk.random.Xoshiro256;

/// Every access that walks takes as long as the worst: all references of a cold walk and the data
/// itself from memory.
///
/// @param worst cycles of that
public record PadToWorst(double worst) implements Defence {
    @Override
    public Kind kind() {
        return Kind.PADDING;
    }

    @Override
    public String name() {
        return "padded to %.0f".formatted(worst);
    }

    @Override
    public double delay(double cycles, Xoshiro256 random, Gaussian gaussian) {
        return Math.max(cycles, worst);
    }

    @Override
    public double cyclesOf(ProgramCosts costs) {
        return costs.plain().cycles()
                - costs.plain().cyclesOfWalks()
                + costs.plain().walks() * worst;
    }
}
