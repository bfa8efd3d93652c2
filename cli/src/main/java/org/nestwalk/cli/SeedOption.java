package org.nestwalk.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What random numbers start from.
final class SeedOption {
    /// Its name on the command line.
    static final String NAME = "--seed";

    private static final long USUAL = 1;

    @Option(
            names = NAME,
            paramLabel = "S",
            description =
                    "Of what is random: layouts of memory that are not contiguous, structures that"
                            + " replace at random. Programs have a seed of their own. A whole"
                            + " number of 64 bits (default: 1).")
    private @Nullable String seed;

    boolean isGiven() {
        return seed != null;
    }

    long seed() {
        return seed == null ? USUAL : WholeNumber.parse(NAME, seed, Long.MIN_VALUE, Long.MAX_VALUE);
    }
}
