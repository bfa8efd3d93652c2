package org.nestwalk.kvm.measure;

import org.nestwalk.kvm.code.RandomLoads;

/// Loads from random units of a range, one and always the same line of each: what [RandomLoads]
/// makes, and what a simulated machine is given in its place.
///
/// @param bytes of the range, a multiple of the stride and at least two strides
/// @param stride bytes of a unit: a power of two from 64
public record LoadPattern(long bytes, long stride) {
    /// Bytes of a cache line.
    public static final int LINE = 64;

    static final long MULTIPLIER = 6364136223846793005L;
    static final long INCREMENT = 1442695040888963407L;

    /// Checks the bounds above.
    public LoadPattern {
        if (stride < LINE || Long.bitCount(stride) != 1) {
            throw new IllegalArgumentException("stride " + stride);
        }
        if (bytes < 2 * stride || bytes % stride != 0) {
            throw new IllegalArgumentException(bytes + " bytes in strides of " + stride);
        }
    }

    /// The largest pattern of `stride` within `bytes`.
    public static LoadPattern within(long bytes, long stride) {
        return new LoadPattern(bytes & -stride, stride);
    }

    /// How many units there are.
    public long units() {
        return bytes / stride;
    }

    /// Bits of an address that choose a line within a unit.
    long lineMask() {
        return stride - 1 & -LINE;
    }

    /// The generator's next state.
    public static long next(long state) {
        return state * MULTIPLIER + INCREMENT;
    }

    /// The offset within the range that a state of the generator means.
    public long offset(long state) {
        long unit = Math.unsignedMultiplyHigh(state, bytes) & -stride;
        return unit + line(unit);
    }

    /// The offset of the line that is read of the unit at offset `unit`, from there.
    public long line(long unit) {
        return unit * RandomLoads.LINE_MULTIPLIER >>> RandomLoads.LINE_SHIFT & lineMask();
    }
}
