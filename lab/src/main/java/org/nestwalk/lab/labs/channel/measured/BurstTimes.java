package org.nestwalk.lab.labs.channel.measured;

import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.lab.labs.channel.estimate.Classes;
import org.nestwalk.random.Xoshiro256;

/// Times bursts of loads from two mappings: pair by pair, each in an order drawn anew, so that
/// whatever changes on the host meanwhile meets both alike.
///
/// Before each burst the victim goes on for a while with loads that are not timed, so that its own
/// translations are in the TLBs, as far as they have room.
final class BurstTimes {
    private static final int LINE = LoadPattern.LINE;
    private static final long LARGE_PAGE = 2L << 20;
    private static final int MOST_BEFORE = 20_000;

    private final Loads zero;
    private final Loads one;
    private final LoadPattern pattern;
    private final int before;
    private final double ticksPerNanosecond;
    private final Xoshiro256 random;

    /// Of class 0 and class 1.
    BurstTimes(Loads zero, Loads one, double ticksPerNanosecond, long seed) {
        this.zero = zero;
        this.one = one;
        this.pattern = LoadPattern.within(Math.min(zero.bytes(), one.bytes()), LINE);
        this.before = (int) Math.min(2 * pattern.bytes() / LARGE_PAGE, MOST_BEFORE);
        this.ticksPerNanosecond = ticksPerNanosecond;
        this.random = new Xoshiro256(seed);
    }

    /// Loads that are not timed before each burst.
    int before() {
        return before;
    }

    /// Nanoseconds of a load, by the average of a burst.
    ///
    /// @param length loads of a burst
    /// @param count bursts of each mapping
    Classes take(int length, int count) {
        double[] times0 = new double[count];
        double[] times1 = new double[count];
        for (int i = 0; i < count; i++) {
            boolean oneFirst = random.nextBelow(2) == 1;
            if (oneFirst) {
                times1[i] = burst(one, length);
            }
            times0[i] = burst(zero, length);
            if (!oneFirst) {
                times1[i] = burst(one, length);
            }
        }
        return new Classes(times0, times1);
    }

    private double burst(Loads loads, int length) {
        return loads.chase(pattern, before, length) / ticksPerNanosecond / length;
    }
}
