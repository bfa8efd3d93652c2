package org.nestwalk.hypervisor.migration;

/// How a guest is slowed down so that it writes less.
///
/// @param withheld the part of its time that it does not run, 0 to below 1
/// @param pagesPerSecond most pages a second that it may write for the first time in a round;
///   infinite for any number
public record Slowing(double withheld, double pagesPerSecond) {
    /// Not at all.
    public static final Slowing NONE = new Slowing(0, Double.POSITIVE_INFINITY);

    /// Checks the bounds.
    public Slowing {
        if (!(withheld >= 0 && withheld < 1) || !(pagesPerSecond > 0)) {
            throw new IllegalArgumentException(
                    "%f of its time, %f pages a second".formatted(withheld, pagesPerSecond));
        }
    }

    /// Withholds a part of its time.
    public static Slowing ofTime(double withheld) {
        return new Slowing(withheld, Double.POSITIVE_INFINITY);
    }

    /// Limits the pages that it writes for the first time in a round.
    public static Slowing ofPages(double perSecond) {
        return new Slowing(0, perSecond);
    }

    /// Whether the guest runs as if it were not slowed down.
    public boolean isNone() {
        return equals(NONE);
    }
}
