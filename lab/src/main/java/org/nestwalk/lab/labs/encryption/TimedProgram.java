package org.nestwalk.lab.labs.encryption;

import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.cache.EncryptionDelay;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// A program under nested paging, timed once with encryption and once without: contents play no
/// part.
final class TimedProgram {
    private static final int LEVELS = 4;
    private static final int BLOCK = 4_096;

    private final ProcessorModel model;
    private final String program;
    private final String pages;
    private final long seed;

    /// @param program a program or trace, as [Workloads] takes it
    /// @param pages of guest and host, such as `4K/4K`
    TimedProgram(ProcessorModel model, String program, String pages, long seed) {
        this.model = model;
        this.program = program;
        this.pages = pages;
        this.seed = seed;
    }

    /// Runs it once on an empty machine.
    ///
    /// @param delay of encrypted memory, or null
    MmuCounts run(@Nullable EncryptionDelay delay) {
        Setup setup = setup(delay);
        pass(setup);
        return setup.mmu().counts();
    }

    /// Runs it twice, and counts the second pass, for which caches are warm.
    MmuCounts runAgain(@Nullable EncryptionDelay delay) {
        Setup setup = setup(delay);
        pass(setup);
        MmuCounts before = setup.mmu().counts().copy();
        pass(setup);
        return setup.mmu().counts().since(before);
    }

    /// All cycles of a run.
    long cycles(MmuCounts counts) {
        return counts.cycles(model.costs().accessCycles());
    }

    /// All cycles of a run in which each access waits for the one before.
    long blockingCycles(MmuCounts counts) {
        return counts.blockingCycles(model.costs().accessCycles());
    }

    private Setup setup(@Nullable EncryptionDelay delay) {
        return Setups.parse("nested:" + pages)
                .apply(
                        new SetupContext(
                                model, "contiguous", "contiguous", seed, LEVELS, LEVELS, delay));
    }

    private void pass(Setup setup) {
        long[] block = new long[BLOCK];
        try (Workload workload = Workloads.open(program, null, LEVELS)) {
            AccessSource source = workload.open();
            for (int count = source.next(block); count > 0; count = source.next(block)) {
                setup.mmu().run(block, 0, count);
            }
        }
    }
}
