package org.nestwalk.kvm.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nestwalk.kvm.code.MultiplyChain;
import org.nestwalk.kvm.sys.NativeFunction;

/// How fast the host's clocks run.
///
/// @param ticksPerNanosecond of the time-stamp counter
/// @param coreGHz of the core at its best, by [MultiplyChain]
public record Clocks(double ticksPerNanosecond, double coreGHz) {
    private static final int TURNS = 250;
    private static final int BURSTS = 400;
    private static final int WINDOWS = 8;
    private static final long WINDOW_NANOSECONDS = 20_000_000;

    /// Measures both, in about a fifth of a second.
    ///
    /// @throws org.nestwalk.kvm.sys.SystemCallException if the host lets no code be made
    public static Clocks measure() {
        try (Arena arena = Arena.ofConfined();
                NativeFunction chain = NativeFunction.of(MultiplyChain.asFunction().bytes())) {
            MemorySegment block = arena.allocate(2 * Long.BYTES, LoadPattern.LINE);
            // One turn against many: what surrounds the loop takes the same time in both.
            long one = best(chain, block, 1);
            long many = best(chain, block, TURNS + 1);
            double ticksPerTurn = (many - one) / (double) TURNS;
            double ticks = ticksPerNanosecond(chain, block);
            double cyclesPerTurn = MultiplyChain.UNROLLED * MultiplyChain.CYCLES;
            return new Clocks(ticks, cyclesPerTurn / ticksPerTurn * ticks);
        }
    }

    private static long best(NativeFunction chain, MemorySegment block, int turns) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < BURSTS; i++) {
            best = Math.min(best, ticks(chain, block, turns));
        }
        return best;
    }

    private static long ticks(NativeFunction chain, MemorySegment block, int turns) {
        block.set(ValueLayout.JAVA_LONG, 0, turns);
        chain.call(block.address());
        return block.get(ValueLayout.JAVA_LONG, Long.BYTES);
    }

    /// The ticks of code that ran between two readings of the system's clock, for its nanoseconds;
    /// the most of several, since what surrounds the loop counts for the clock only.
    private static double ticksPerNanosecond(NativeFunction chain, MemorySegment block) {
        double most = 0;
        for (int i = 0; i < WINDOWS; i++) {
            int turns = TURNS;
            long nanoseconds;
            long ticks;
            do {
                turns *= 2;
                long start = System.nanoTime();
                ticks = ticks(chain, block, turns);
                nanoseconds = System.nanoTime() - start;
            } while (nanoseconds < WINDOW_NANOSECONDS);
            most = Math.max(most, ticks / (double) nanoseconds);
        }
        return most;
    }
}
