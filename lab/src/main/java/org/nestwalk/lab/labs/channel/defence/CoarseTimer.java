package org.nestwalk.lab.labs.channel.defence;

import org.nestwalk.random.Xoshiro256;

/// The attacker's timer shows multiples of its resolution, rounded down. Where noise is as large as
/// the resolution, rounding averages out like more noise, of resolution^2 / 12; where it is much
/// smaller, most samples say the same.
///
/// @param resolution in cycles, above 0
public record CoarseTimer(double resolution) implements Defence {
    @Override
    public Kind kind() {
        return Kind.TIMER;
    }

    @Override
    public String name() {
        return "timer of %.0f".formatted(resolution);
    }

    @Override
    public double read(double cycles, Xoshiro256 random) {
        return Math.floor(cycles / resolution) * resolution;
    }

    @Override
    public double cyclesOf(ProgramCosts costs) {
        return costs.plain().cycles();
    }
}
