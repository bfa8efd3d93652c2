package org.nestwalk.lab.labs.channel.defence;

import org.nestwalk.random.Xoshiro256;

/// The attacker's timer shows multiples of its resolution, and ticks at a random phase, or has a
/// random amount added before it rounds: averages are right again, so that averaging works
/// (Roberts, "Picture coding using pseudo-random noise", IRE Transactions on Information Theory
/// 8(2), 1962, on dither).
///
/// @param resolution in cycles, above 0
public record DitheredTimer(double resolution) implements Defence {
    @Override
    public Kind kind() {
        return Kind.DITHERED_TIMER;
    }

    @Override
    public String name() {
        return "dithered timer of %.0f".formatted(resolution);
    }

    @Override
    public double read(double cycles, Xoshiro256 random) {
        return Math.floor(cycles / resolution + random.nextFraction()) * resolution;
    }

    @Override
    public double cyclesOf(ProgramCosts costs) {
        return costs.plain().cycles();
    }
}
