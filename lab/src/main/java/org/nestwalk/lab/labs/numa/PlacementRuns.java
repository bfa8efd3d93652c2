package org.nestwalk.lab.labs.numa;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.topology.NodeCounts;
import org.nestwalk.mmu.count.MmuCounts;

/// One guest's program under all placements of its tables, one after the other: what is moved is
/// the tables, as a hypervisor moves them.
final class PlacementRuns {
    /// The part of a program's accesses that is made before it is measured: fills the last-level
    /// cache.
    private static final double WARM_UP = 0.6;

    /// Measured stretches, each of which needs a pass over the program and a warm-up for it.
    private static final int STRETCHES_OF_ALL = 6;

    private static final int STRETCHES_OF_ENDS = 2;

    /// Accesses between two looks whether to go on.
    private static final int SLICE = 1 << 18;

    private final NumaGuest guest;
    private final NumaOptions options;
    private final long[] accesses;
    private final Meter meter;
    private final Map<Placement, Outcome> results = new EnumMap<>(Placement.class);
    private @Nullable Measurement localIdle;
    private @Nullable Measurement localLoaded;

    /// What a placement came to.
    ///
    /// @param measured what the program cost
    /// @param ratio of its cycles to those with everything local, for the same accesses
    record Outcome(Measurement measured, double ratio) {}

    /// Makes all accesses once, so that caches are as after a long run before the first placement
    /// is measured, and not only before the others.
    ///
    /// @throws EndedEarly if `meter` says so, as all that runs anything here
    private PlacementRuns(NumaGuest guest, NumaOptions options, AccessRecord program, Meter meter) {
        this.guest = guest;
        this.options = options;
        this.accesses = program.accesses();
        this.meter = meter;
        run(0, accesses.length);
    }

    /// How many accesses will be made, of which `meter` is told.
    ///
    /// @param ends whether for the two ends only
    static long accesses(AccessRecord program, boolean ends) {
        long length = program.accesses().length;
        long stretch = 2 * length - warmUp((int) length);
        return length + (ends ? STRETCHES_OF_ENDS : STRETCHES_OF_ALL) * stretch;
    }

    private static int warmUp(int length) {
        return (int) (length * WARM_UP);
    }

    /// All placements, as ratios of cycles to those of [Placement#LL].
    static Map<Placement, Outcome> all(
            NumaGuest guest, NumaOptions options, AccessRecord program, Meter meter) {
        PlacementRuns runs = new PlacementRuns(guest, options, program, meter);
        int home = options.home();
        int away = options.away();
        runs.measure(Placement.LL, null);
        guest.moveSecondLevel(away);
        runs.measure(Placement.LR, Placement.LRI);
        guest.moveGuestTables(away);
        runs.measure(Placement.RR, Placement.RRI);
        guest.migrateSecondLevel();
        runs.measure(Placement.RL, Placement.RLI);
        guest.moveGuestTables(home);
        runs.measure(null, Placement.MIGRATED);
        guest.moveSecondLevel(away);
        guest.moveGuestTables(away);
        guest.replicate(List.of(away, home));
        runs.measure(null, Placement.REPLICATED);
        return runs.results;
    }

    /// The two ends only: everything local, and both tables remote and loaded.
    static Map<Placement, Outcome> ends(
            NumaGuest guest, NumaOptions options, AccessRecord program, Meter meter) {
        PlacementRuns runs = new PlacementRuns(guest, options, program, meter);
        runs.measure(Placement.LL, null);
        guest.moveSecondLevel(options.away());
        guest.moveGuestTables(options.away());
        runs.measure(null, Placement.RRI);
        return runs.results;
    }

    /// Measures the present placement while the remote node is idle, and then, with other accesses,
    /// while it is loaded. What is in the caches is as after a long run in both cases: what is
    /// measured has been done once since the tables were moved, so that caches for walks know them,
    /// and then as much else as fills the last-level cache.
    private void measure(@Nullable Placement idle, @Nullable Placement loaded) {
        int warm = warmUp(accesses.length);
        int half = (warm + accesses.length) / 2;
        run(warm, accesses.length);
        run(0, warm);
        Measurement first = measured(warm, half);
        guest.load(options.away(), options.loaded());
        Measurement second = measured(half, accesses.length);
        guest.load(options.away(), options.topology().remote());
        if (localIdle == null || localLoaded == null) {
            localIdle = first;
            localLoaded = second;
        }
        put(idle, first, localIdle);
        put(loaded, second, localLoaded);
    }

    private void put(@Nullable Placement placement, Measurement measured, Measurement local) {
        if (placement != null) {
            results.put(placement, new Outcome(measured, measured.cycles() / local.cycles()));
        }
    }

    private Measurement measured(int from, int to) {
        MmuCounts counts = guest.cpu().walkCounts().orElseThrow();
        MmuCounts before = counts.copy();
        NodeCounts nodes = guest.placement().counts(0).copy();
        run(from, to);
        NodeCounts after = guest.placement().counts(0);
        return Measurement.of(
                counts.since(before),
                after.since(nodes),
                guest.model(),
                options.underWay(guest.model()));
    }

    private void run(int from, int to) {
        for (int start = from; start < to; start += SLICE) {
            int end = Math.min(to, start + SLICE);
            guest.run(accesses, start, end);
            if (!meter.add(end - start)) {
                throw new EndedEarly();
            }
        }
    }
}
