package org.nestwalk;

/// How long random tests try: as long as they say, with `nestwalk.long` perhaps longer; or, with
/// the system property `nestwalk.hurry`, a share of that, as mutation testing does, which runs each
/// of them thousands of times.
public final class Effort {
    private static final int HURRY = Integer.getInteger("nestwalk.hurry", 1);

    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");

    private Effort() {}

    /// The number of tries instead of `full`.
    public static int of(int full) {
        return Math.max(1, full / HURRY);
    }

    /// The number of tries instead of `full`, which `./check --long` makes, where the others make
    /// `usual`.
    public static int of(int usual, int full) {
        return of(LONG ? full : usual);
    }
}
