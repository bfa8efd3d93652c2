package org.nestwalk.hypervisor.migration.live.link;

import org.nestwalk.random.SplitMix64;

/// A link between two hosts, the same in both directions.
///
/// @param bandwidth bytes a second
/// @param latency nanoseconds from one end to the other
/// @param jitter nanoseconds that a message may take longer, at random; none overtakes another
/// @param competing the part of the bandwidth that other traffic takes at most, 0 to below 1: in
///   each millisecond another part up to that
/// @param seed of everything random
public record LinkSettings(
        double bandwidth, long latency, long jitter, double competing, long seed) {
    private static final long WINDOW = 1_000_000;

    /// Checks the bounds.
    public LinkSettings {
        if (!(bandwidth > 0) || latency < 0 || jitter < 0 || !(competing >= 0 && competing < 1)) {
            throw new IllegalArgumentException("negative, or no bandwidth");
        }
    }

    /// A link with nothing random.
    public static LinkSettings of(double bandwidth, long latency) {
        return new LinkSettings(bandwidth, latency, 0, 0, 0);
    }

    /// When so many bytes have left that begin to at `start`.
    long sent(long start, double bytes) {
        if (competing == 0) {
            return start + Math.round(bytes / bandwidth * 1e9);
        }
        double left = bytes;
        long at = start;
        while (true) {
            long window = at / WINDOW;
            double rate = bandwidth * (1 - competing * unit(window, 0)) / 1e9;
            double most = rate * ((window + 1) * WINDOW - at);
            if (left <= most) {
                return at + Math.round(left / rate);
            }
            left -= most;
            at = (window + 1) * WINDOW;
        }
    }

    /// How much longer the message takes that is the `number`-th on its way.
    long delay(long number) {
        return Math.round(jitter * unit(number, 1));
    }

    private double unit(long number, long what) {
        return (SplitMix64.hash(seed, 2 * number + what) >>> 11) * 0x1p-53;
    }
}
