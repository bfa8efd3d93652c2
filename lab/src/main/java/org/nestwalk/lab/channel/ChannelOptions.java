package org.nestwalk.lab.channel;

import java.util.List;
import org.nestwalk.InputException;

/// What the timing channel is to be studied with.
///
/// @param programs or traces on which defences are charged, 1 to 8
/// @param accesses of each, at most; 1,000 to 100,000,000
/// @param noise deviation of a measurement, 1 to 1,000,000 cycles
/// @param delay deviation of the smaller of the random delays, likewise
/// @param timer resolution of the coarse timer, likewise
/// @param seed of everything random
public record ChannelOptions(
        List<String> programs, long accesses, double noise, double delay, double timer, long seed) {
    private static final int MOST_PROGRAMS = 8;
    private static final long LEAST_ACCESSES = 1_000;
    private static final long MOST_ACCESSES = 100_000_000;
    private static final double MOST_CYCLES = 1e6;

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public ChannelOptions {
        programs = List.copyOf(programs);
        if (programs.isEmpty() || programs.size() > MOST_PROGRAMS) {
            throw new InputException(
                    "programs: %d is not 1 to %d".formatted(programs.size(), MOST_PROGRAMS));
        }
        if (accesses < LEAST_ACCESSES || accesses > MOST_ACCESSES) {
            throw new InputException(
                    "accesses: %,d is not %,d to %,d"
                            .formatted(accesses, LEAST_ACCESSES, MOST_ACCESSES));
        }
        check("noise", noise);
        check("delay", delay);
        check("timer", timer);
    }

    private static void check(String name, double cycles) {
        if (!(cycles >= 1 && cycles <= MOST_CYCLES)) {
            throw new InputException(
                    "%s: %s is not 1 to %,.0f cycles".formatted(name, cycles, MOST_CYCLES));
        }
    }
}
