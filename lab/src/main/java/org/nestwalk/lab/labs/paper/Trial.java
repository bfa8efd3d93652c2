package org.nestwalk.lab.labs.paper;

import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.WalkCacheModel;

/// A program on a machine in a setup, of which published figures are ratios.
///
/// @param machine a preset
/// @param program its name
/// @param setup as `run` has it
/// @param caches what shortens walks
/// @param remote where tables are that are not on the processor's node
record Trial(String machine, String program, String setup, Caches caches, Remote remote) {
    // Remote memory over local, idle: of two sockets of the Xeons of those studies.
    private static final double REMOTE = 1.65;
    private static final int LEVELS = 4;
    private static final int BLOCK = 4_096;
    private static final String LAYOUT = "ascending";

    /// What shortens walks.
    enum Caches {
        /// All that the machine has.
        ALL,
        /// Entries of both dimensions are cached, but there is no nested TLB.
        STRUCTURE,
        /// Entries of the guest's dimension only are cached.
        GUEST_STRUCTURE,
        /// Neither these nor data caches: every reference of a walk is one to memory.
        NONE;

        private ProcessorModel of(ProcessorModel model) {
            WalkCacheModel all = model.translation().walkCaches();
            return switch (this) {
                case ALL -> model;
                case STRUCTURE ->
                        model.with(model.translation().withWalkCaches(all.withNestedTlb(null)));
                case GUEST_STRUCTURE -> model.withoutNestedCaches();
                case NONE -> model.withoutWalkCaches().withoutDataCaches();
            };
        }
    }

    /// Tables that are on another node.
    enum Remote {
        /// None.
        NO,
        /// The guest's, or the only ones.
        GUEST,
        /// The host's.
        HOST,
        /// Both.
        BOTH;

        private MemoryDelay delay(int memoryCycles) {
            int cycles = (int) Math.round((REMOTE - 1) * memoryCycles);
            return (kind, _) -> {
                boolean isRemote =
                        kind == MemoryDelay.GUEST_TABLE && (this == GUEST || this == BOTH)
                                || kind == MemoryDelay.SECOND_LEVEL_TABLE
                                        && (this == HOST || this == BOTH);
                return isRemote ? cycles : 0;
            };
        }
    }

    /// What came of it.
    ///
    /// @param cycles of an access
    /// @param walkCycles of a walk
    /// @param translationShare of all cycles
    /// @param misses second-level TLB misses of an access
    record Outcome(double cycles, double walkCycles, double translationShare, double misses) {}

    /// With all of the machine's caches and all tables local.
    static Trial of(String machine, String program, String setup) {
        return new Trial(machine, program, setup, Caches.ALL, Remote.NO);
    }

    /// The same program in another setup.
    Trial in(String other) {
        return new Trial(machine, program, other, caches, remote);
    }

    /// The same with less that shortens walks.
    Trial with(Caches other) {
        return new Trial(machine, program, setup, other, remote);
    }

    /// The same with its tables elsewhere.
    Trial with(Remote other) {
        return new Trial(machine, program, setup, caches, other);
    }

    /// Runs it.
    ///
    /// @throws EndedEarly if `meter` says so
    Outcome run(PaperOptions options, Meter meter) {
        ProcessorModel model = caches.of(Machines.named(machine).model().withOverlap(null));
        Setup made = make(model, options.seed());
        AccessSource source = Workloads.program(options.program(program)).open();
        meter.begin(2 * options.accesses());
        go(made, source, options.accesses(), meter);
        MmuCounts before = made.mmu().counts().copy();
        long exits = made.exits();
        go(made, source, options.accesses(), meter);
        MmuCounts counts = made.mmu().counts().since(before);
        double accesses = Math.max(1, counts.accesses());
        double cycles =
                counts.cycles(model.costs().accessCycles())
                        + (double) (made.exits() - exits) * model.costs().exitCycles();
        return new Outcome(
                cycles / accesses,
                counts.walks.walks == 0 ? 0 : (double) counts.walkCycles / counts.walks.walks,
                cycles == 0 ? 0 : counts.translationCycles() / cycles,
                counts.l2Misses() / accesses);
    }

    /// References to memory that a walk waits for, one after the other, if nothing is cached.
    double steps() {
        ProcessorModel model = Caches.NONE.of(Machines.named(machine).model().withOverlap(null));
        Setup made = make(model, 1);
        made.mmu().run(new long[] {Access.pack(Access.LOAD, 0x7f12_3456_7000L)}, 0, 1);
        return (double) made.mmu().counts().walkCycles / model.memory().memoryCycles();
    }

    private Setup make(ProcessorModel model, long seed) {
        return Setups.parse(setup)
                .apply(
                        new SetupContext(
                                model,
                                LAYOUT,
                                LAYOUT,
                                seed,
                                LEVELS,
                                LEVELS,
                                remote == Remote.NO
                                        ? null
                                        : remote.delay(model.memory().memoryCycles())));
    }

    private static void go(Setup setup, AccessSource source, long accesses, Meter meter) {
        long[] block = new long[BLOCK];
        for (long done = 0; done < accesses; ) {
            int count = source.next(block);
            if (count == 0) {
                return;
            }
            setup.mmu().run(block, 0, count);
            done += Access.count(block, 0, count);
            if (!meter.add(count)) {
                throw new EndedEarly();
            }
        }
    }
}
