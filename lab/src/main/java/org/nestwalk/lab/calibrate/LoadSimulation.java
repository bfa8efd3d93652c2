package org.nestwalk.lab.calibrate;

import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.ProcessorModel;

/// The loads of a [LoadPattern] on a simulated machine: the same addresses, after as many others
/// that fill its structures: one unit after the other, and then at random. Footprints are to come
/// in ascending order, since what was touched stays mapped.
public final class LoadSimulation {
    private static final long BASE = 1L << 40;
    private static final int BLOCK = 4096;

    /// Loads that a time is the mean of.
    static final int MEASURED = 8 * BLOCK;

    private static final int LEAST_WARMING = 4 * BLOCK;
    private static final int MOST_WARMING = 1 << 22;

    private final ProcessorModel machine;
    private final Mmu mmu;
    private final long mostWarming;
    private final long[] block = new long[BLOCK];
    private long state;
    private long touched;

    /// A machine whose structures are empty, under a setup.
    ///
    /// @param setup as [Setups#parse] takes it
    public LoadSimulation(ProcessorModel machine, String setup, long seed) {
        this.machine = machine;
        this.state = seed;
        Setup made =
                Setups.parse(setup)
                        .apply(new SetupContext(machine, "contiguous", "contiguous", seed, 4, 4));
        this.mmu = made.mmu();
        long lines =
                machine.memory().caches().stream()
                        .map(CacheModel::geometry)
                        .mapToLong(geometry -> geometry.entries())
                        .max()
                        .orElse(0);
        this.mostWarming = Math.clamp(lines, LEAST_WARMING, MOST_WARMING);
    }

    /// Nanoseconds of a load.
    public double nanoseconds(LoadPattern pattern) {
        touch(pattern.bytes());
        long warming = Math.clamp(pattern.units(), LEAST_WARMING, mostWarming);
        fill(pattern, warming);
        run(pattern, warming);
        MmuCounts before = mmu.counts().copy();
        run(pattern, MEASURED);
        MmuCounts counts = mmu.counts().since(before);
        double cycles =
                (counts.translationCycles() + counts.dataCycles) / (double) counts.accesses();
        // Each load waits for the one before, which takes longer than to issue it.
        return cycles / machine.costs().frequencyGHz();
    }

    private void fill(LoadPattern pattern, long loads) {
        long step = Long.divideUnsigned(-1, pattern.units()) + 1;
        long at = 0;
        for (long done = 0; done < loads; done += BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                block[i] = Access.pack(Access.LOAD, BASE + pattern.offset(at));
                at += step;
            }
            mmu.run(block, 0, BLOCK);
        }
    }

    private void run(LoadPattern pattern, long loads) {
        for (long done = 0; done < loads; done += BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                state = LoadPattern.next(state);
                block[i] = Access.pack(Access.LOAD, BASE + pattern.offset(state));
            }
            mmu.run(block, 0, BLOCK);
        }
    }

    /// Accesses every page once, as the measured memory was: its entries' accessed flags are set.
    private void touch(long bytes) {
        int filled = 0;
        for (; touched < bytes; touched += PageSize.SIZE_4K.bytes()) {
            block[filled++] = Access.pack(Access.LOAD, BASE + touched);
            if (filled == BLOCK) {
                mmu.run(block, 0, filled);
                filled = 0;
            }
        }
        mmu.run(block, 0, filled);
    }
}
