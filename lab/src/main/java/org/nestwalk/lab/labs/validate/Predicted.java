package org.nestwalk.lab.labs.validate;

import java.util.Arrays;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.lab.calibrate.HostPaging;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// How long programs take on a simulated machine: in memory that has been written before, once the
/// last-level cache has been filled.
///
/// @param machine the processor
/// @param paging of the host
/// @param accesses of a program that are timed
/// @param seed of everything random in the machine
record Predicted(ProcessorModel machine, HostPaging paging, long accesses, long seed) {
    private static final long BASE = 1L << 40;
    private static final int BLOCK = 4_096;
    private static final int MOST_WARM_UP = 4_000_000;
    private static final String LAYOUT = "contiguous";
    private static final int LEVELS = 4;

    /// Nanoseconds of an access.
    ///
    /// @throws EndedEarly if `meter` says so
    double nanoseconds(Case one, Meter meter) {
        Mmu mmu =
                Setups.parse(paging.setup(one.place(), one.pages()))
                        .apply(new SetupContext(machine, LAYOUT, LAYOUT, seed, LEVELS, LEVELS))
                        .mmu();
        // Lines of what caches could hold, else of each page one.
        boolean isCached = one.bytes() <= 2 * LoadPattern.LINE * lines();
        long step = isCached ? LoadPattern.LINE : PageSize.SIZE_4K.bytes();
        long mostWarmUp = Math.min(MOST_WARM_UP, Math.max(2 * lines(), accesses));
        meter.begin(one.bytes() / step + mostWarmUp + accesses);
        touch(mmu, one.bytes(), step, meter);
        Stream stream = new Stream(Workloads.program(one.spec()));
        MmuCounts counts = mmu.counts();
        long touched = counts.accesses();
        long before = beyond(counts);
        int memory = machine.memory().memoryCycles();
        long lines = lines();
        while (counts.accesses() - touched < MOST_WARM_UP
                && ((beyond(counts) - before) / memory < lines
                                && counts.accesses() - touched < 2 * lines
                        || counts.accesses() - touched < accesses)) {
            run(mmu, stream, meter, BLOCK);
        }
        // What need not be made counts as made, so that the percentage comes to its end.
        goOn(meter, Math.max(0, mostWarmUp - (counts.accesses() - touched)));
        MmuCounts start = counts.copy();
        while (counts.accesses() - start.accesses() < accesses) {
            run(mmu, stream, meter, BLOCK);
        }
        MmuCounts timed = counts.since(start);
        return timed.cycles(machine.costs().accessCycles())
                / (double) timed.accesses()
                / machine.costs().frequencyGHz();
    }

    /// Lines of the largest cache.
    private long lines() {
        return machine.memory().caches().stream()
                .mapToLong(cache -> cache.geometry().entries())
                .max()
                .orElse(0);
    }

    private static long beyond(MmuCounts counts) {
        return counts.dataCycles + counts.walkCycles;
    }

    private static void touch(Mmu mmu, long bytes, long step, Meter meter) {
        long[] block = new long[BLOCK];
        for (long at = 0; at < bytes; ) {
            int filled = 0;
            for (; filled < BLOCK && at < bytes; at += step) {
                block[filled++] = Access.pack(Access.STORE, BASE + at);
            }
            mmu.run(block, 0, filled);
            goOn(meter, filled);
        }
    }

    private static void run(Mmu mmu, Stream stream, Meter meter, long progress) {
        long[] block = new long[BLOCK];
        stream.next(block);
        Arrays.setAll(block, i -> Access.displaced(block[i], BASE));
        mmu.run(block, 0, BLOCK);
        goOn(meter, progress);
    }

    private static void goOn(Meter meter, long progress) {
        if (!meter.add(progress)) {
            throw new EndedEarly();
        }
    }
}
