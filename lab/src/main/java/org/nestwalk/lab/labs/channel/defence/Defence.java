package org.nestwalk.lab.labs.channel.defence;

import org.nestwalk.lab.labs.channel.estimate.Gaussian;
import org.nestwalk.random.Xoshiro256;

/// Something that keeps timings from telling, at a price.
public interface Defence {
    /// What a defence does.
    enum Kind {
        /// Nothing.
        NONE,
        /// Random delays.
        DELAY,
        /// Every walk takes as long as the worst.
        PADDING,
        /// Caches of translations are emptied at switches.
        FLUSH,
        /// No large pages.
        SMALL_PAGES,
        /// A coarse timer.
        TIMER,
        /// A coarse timer that rounds at random.
        DITHERED_TIMER
    }

    /// What it does.
    Kind kind();

    /// Its name in reports, with its parameters.
    String name();

    /// Whether TLBs and walk caches are emptied between what a victim did and what is timed.
    default boolean flushes() {
        return false;
    }

    /// Whether all memory is mapped by 4-KiB pages in both dimensions.
    default boolean smallPagesOnly() {
        return false;
    }

    /// Cycles that an access takes that had to walk, with what the defence adds.
    ///
    /// @param cycles that it takes without, not negative
    default double delay(double cycles, Xoshiro256 random, Gaussian gaussian) {
        return cycles;
    }

    /// What the attacker's timer says of a duration.
    default double read(double cycles, Xoshiro256 random) {
        return cycles;
    }

    /// Cycles that a program takes.
    double cyclesOf(ProgramCosts costs);
}
