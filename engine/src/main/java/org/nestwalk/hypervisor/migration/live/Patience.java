package org.nestwalk.hypervisor.migration.live;

/// How long a side waits, in nanoseconds.
///
/// @param answer for what the other side has to say next, before the connection counts as broken
/// @param reconnect for another connection, before it gives up
/// @param slice between two looks at what is to be done beside waiting, while a guest runs
/// @param offer for the first offer of a guest
public record Patience(long answer, long reconnect, long slice, long offer) {
    /// 10 s, a minute, 10 ms, and for ever.
    public static final Patience USUAL =
            new Patience(10_000_000_000L, 60_000_000_000L, 10_000_000L, Long.MAX_VALUE);

    /// Checks the bounds.
    public Patience {
        if (answer <= 0 || reconnect <= 0 || slice <= 0 || offer <= 0) {
            throw new IllegalArgumentException("waits are above 0");
        }
    }
}
