package org.nestwalk.lab.labs.fidelity;

import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.count.WalkCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.TranslationModel;
import org.nestwalk.mmu.model.WalkCacheModel;

/// A program on a machine in a setup, of which published figures are ratios.
///
/// @param machine a preset
/// @param program with its parameters
/// @param setup as `run` has it
/// @param tables where its tables are
/// @param caches what shortens its walks
record Trial(String machine, String program, String setup, Tables tables, Caches caches) {
    private static final int LEVELS = 4;
    private static final int BLOCK = 4_096;
    private static final int MOST_WARM_UP = 4_000_000;
    private static final String LAYOUT = "ascending";

    /// What shortens walks.
    enum Caches {
        /// All that the machine has.
        ALL,
        /// Entries of both dimensions are cached, but there is no nested TLB.
        STRUCTURE,
        /// Entries of the guest's dimension only are cached.
        GUEST_STRUCTURE;

        private ProcessorModel of(ProcessorModel model) {
            TranslationModel translation = model.translation();
            WalkCacheModel all = translation.walkCaches();
            return switch (this) {
                case ALL -> model;
                case STRUCTURE -> model.with(translation.withWalkCaches(all.withNestedTlb(null)));
                case GUEST_STRUCTURE -> model.withoutNestedCaches();
            };
        }
    }

    /// How trials are made.
    ///
    /// @param accesses that are measured
    /// @param remote latency of remote memory, in units of local idle memory's
    /// @param loaded the same if another tenant loads its node
    /// @param blocking whether accesses are made one after the other
    /// @param seed of everything random
    record Options(long accesses, double remote, double loaded, boolean blocking, long seed) {}

    /// What came of it.
    ///
    /// @param cycles of an access
    /// @param walkCycles of an access: of walks, one after the other
    /// @param secondLevelCycles of these, those of references to second-level tables
    /// @param translationCycles of an access: what perfect TLBs would save
    record Outcome(
            double cycles, double walkCycles, double secondLevelCycles, double translationCycles) {}

    /// Nothing done to the tables or the caches.
    static Trial of(String machine, String program, String setup) {
        return new Trial(machine, program, setup, Tables.LOCAL, Caches.ALL);
    }

    /// The same with its tables elsewhere.
    Trial with(Tables other) {
        return new Trial(machine, program, setup, other, caches);
    }

    /// The same with less that shortens walks.
    Trial with(Caches other) {
        return new Trial(machine, program, setup, tables, other);
    }

    /// The same in another setup.
    Trial with(String otherSetup) {
        return new Trial(machine, program, otherSetup, tables, caches);
    }

    /// Runs it until the last-level cache has been filled, and then what is measured.
    ///
    /// @throws EndedEarly if `meter` says so
    Outcome run(Options options, Ablation ablation, Meter meter) {
        ProcessorModel model = caches.of(Machines.named(machine).model());
        ProcessorModel timed = options.blocking() ? model.withOverlap(null) : ablation.of(model);
        int memory = model.memory().memoryCycles();
        Setup setup =
                Setups.parse(this.setup)
                        .apply(
                                new SetupContext(
                                        timed,
                                        LAYOUT,
                                        LAYOUT,
                                        options.seed(),
                                        LEVELS,
                                        LEVELS,
                                        tables.delay(memory, options.remote(), options.loaded())));
        MmuCounts counts = setup.mmu().counts();
        Program parsed = Workloads.program(program);
        AccessSource source = parsed.open();
        long lines = model.memory().caches().getLast().geometry().entries();
        meter.begin(options.accesses());
        while (counts.accesses() < MOST_WARM_UP
                && (counts.dataCycles + counts.walkCycles) / memory < lines) {
            step(setup, source, ablation, meter, 0);
        }
        MmuCounts before = counts.copy();
        while (counts.accesses() - before.accesses() < options.accesses()) {
            step(setup, source, ablation, meter, BLOCK);
        }
        return outcome(timed, counts.since(before));
    }

    private static void step(
            Setup setup, AccessSource source, Ablation ablation, Meter meter, long progress) {
        long[] block = new long[BLOCK];
        int count = source.next(block);
        if (count == 0) {
            throw new IllegalStateException("the program has ended");
        }
        ablation.change(block, count);
        setup.mmu().run(block, 0, count);
        if (!meter.add(progress)) {
            throw new EndedEarly();
        }
    }

    private static Outcome outcome(ProcessorModel model, MmuCounts counts) {
        double accesses = counts.accesses();
        return new Outcome(
                counts.cycles(model.costs().accessCycles()) / accesses,
                counts.walkCycles / accesses,
                secondLevel(model, counts.walks) / accesses,
                counts.exposedTranslationCycles() / accesses);
    }

    private static double secondLevel(ProcessorModel model, WalkCounts walks) {
        int levels = model.memory().caches().size();
        double cycles = (double) walks.secondServed[levels] * model.memory().memoryCycles();
        for (int level = 0; level < levels; level++) {
            cycles +=
                    (double) walks.secondServed[level]
                            * model.memory().caches().get(level).latencyCycles();
        }
        return cycles;
    }
}
