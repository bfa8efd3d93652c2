package org.nestwalk.kvm.measure;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.kvm.code.RandomLoads;

/// The parameters of [RandomLoads] in memory that it can reach.
///
/// @param segment [RandomLoads#BLOCK_BYTES] bytes
record LoadBlock(MemorySegment segment) {
    private static final long SEED = 0x2545f4914f6cdd1dL;

    /// A block whose generator begins anew.
    LoadBlock {
        segment.set(ValueLayout.JAVA_LONG, RandomLoads.STATE, SEED);
    }

    /// Prepares random loads.
    ///
    /// @param base address of the range
    void prepare(long base, LoadPattern pattern, int warming, int settling, int loads) {
        set(base, pattern, warming, settling, loads);
        put(RandomLoads.MULTIPLIER, LoadPattern.MULTIPLIER);
        put(RandomLoads.INCREMENT, LoadPattern.INCREMENT);
    }

    /// Prepares one load of each unit, in order.
    void prepareInOrder(long base, LoadPattern pattern) {
        set(base, pattern, pattern.units(), 1, 1);
        put(RandomLoads.MULTIPLIER, 1);
        // A little more than 2^64 / units, so that no unit is missed by rounding.
        put(RandomLoads.INCREMENT, Long.divideUnsigned(-1, pattern.units()) + 1);
        put(RandomLoads.STATE, 0);
    }

    private void set(long base, LoadPattern pattern, long warming, long settling, long loads) {
        put(RandomLoads.WARMING, warming);
        put(RandomLoads.SETTLING, settling);
        put(RandomLoads.BASE, base);
        put(RandomLoads.BYTES, pattern.bytes());
        put(RandomLoads.UNIT_MASK, -pattern.stride());
        put(RandomLoads.LINE_MASK, pattern.lineMask());
        put(RandomLoads.COUNT, loads);
    }

    /// The ticks that the last loads took.
    long ticks() {
        return segment.get(ValueLayout.JAVA_LONG, RandomLoads.TICKS);
    }

    /// The ticks that the loads before them took, which do not wait for each other.
    long warmingTicks() {
        return segment.get(ValueLayout.JAVA_LONG, RandomLoads.WARMING_TICKS);
    }

    private void put(int at, long value) {
        segment.set(ValueLayout.JAVA_LONG, at, value);
    }
}
