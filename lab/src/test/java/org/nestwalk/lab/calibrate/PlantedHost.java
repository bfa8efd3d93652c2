package org.nestwalk.lab.calibrate;

import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import java.util.function.ToDoubleFunction;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.kvm.measure.Replay;

/// Loads and accesses of a host that take what is planted.
final class PlantedHost {
    private PlantedHost() {}

    private static long ticks(Clocks clocks, long loads, double nanoseconds) {
        return Math.round(loads * nanoseconds * clocks.ticksPerNanosecond());
    }

    /// Loads of this process.
    ///
    /// @param dependent nanoseconds of a load that waits for the one before
    /// @param independent nanoseconds of one that waits for nothing
    record PlantedLoads(
            Clocks clocks,
            PageSize pages,
            long bytes,
            ToDoubleFunction<LoadPattern> dependent,
            ToDoubleFunction<LoadPattern> independent)
            implements Loads {
        @Override
        public Place place() {
            return Place.NATIVE;
        }

        @Override
        public long chase(LoadPattern pattern, int warming, int settling, int loads) {
            return ticks(clocks, loads, dependent.applyAsDouble(pattern));
        }

        @Override
        public long flood(LoadPattern pattern, int loads) {
            return ticks(clocks, loads, independent.applyAsDouble(pattern));
        }

        @Override
        public void close() {}
    }

    /// Accesses of this process to memory with large pages.
    ///
    /// @param nanoseconds of an access, by the footprint
    record PlantedReplay(Clocks clocks, long bytes, LongToDoubleFunction nanoseconds)
            implements Replay {
        @Override
        public Loads.Place place() {
            return Loads.Place.NATIVE;
        }

        @Override
        public PageSize pages() {
            return PageSize.SIZE_2M;
        }

        @Override
        public long[] times(long[] accesses, int length, long footprint) {
            long[] ticks = new long[accesses.length / length];
            Arrays.fill(ticks, ticks(clocks, length, nanoseconds.applyAsDouble(footprint)));
            return ticks;
        }

        @Override
        public void close() {}
    }
}
