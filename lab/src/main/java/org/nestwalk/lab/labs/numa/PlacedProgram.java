package org.nestwalk.lab.labs.numa;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.numa.NumaResult.Placed;
import org.nestwalk.lab.labs.numa.NumaResult.Row;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.mmu.model.ProcessorModel;

/// Runs programs with their tables in several places, each on a machine of its own, which the
/// tenant shares.
final class PlacedProgram {
    private static final int LINE = 64;
    private static final int ENTRY = 8;
    private static final int DIMENSIONS = 2;

    private final ProcessorModel model;
    private final NumaOptions asked;
    private final @Nullable Tenant tenant;

    /// What came of a program, and the load under which it came about; null if that was given.
    record Outcome(Row row, Tenant.@Nullable Load load) {}

    PlacedProgram(ProcessorModel model, NumaOptions asked, @Nullable Tenant tenant) {
        this.model = model;
        this.asked = asked;
        this.tenant = tenant;
    }

    /// Bytes of the last-level cache.
    long lastLevelBytes() {
        return (long) model.memory().caches().getLast().geometry().entries() * LINE;
    }

    /// Runs a program with all placements, or with 2-MiB pages the two ends.
    ///
    /// @param name that its row has
    /// @param size of the pages of both dimensions
    /// @throws EndedEarly if `meter` says so
    Outcome run(String name, Program program, PageSize size, Meter meter) {
        AccessRecord accesses = AccessRecord.filling(program, lastLevelBytes() / LINE, size);
        boolean large = size != PageSize.SIZE_4K;
        meter.begin(PlacementRuns.accesses(accesses, large));
        checkWanted(meter);
        try (SimulatedMachine machine = NumaGuest.newMachine(model, asked)) {
            Tenant.@Nullable Load load = tenant == null ? null : tenant.measure(machine, asked);
            NumaOptions options = load == null ? asked : asked.withLoaded(load.loaded());
            NumaGuest guest = new NumaGuest(machine, options, accesses, size);
            checkWanted(meter);
            Map<Placement, PlacementRuns.Outcome> outcomes =
                    large
                            ? PlacementRuns.ends(guest, options, accesses, meter)
                            : PlacementRuns.all(guest, options, accesses, meter);
            return new Outcome(row(name, program, size, outcomes), load);
        }
    }

    private static void checkWanted(Meter meter) {
        if (!meter.add(0)) {
            throw new EndedEarly();
        }
    }

    private Row row(
            String name,
            Program program,
            PageSize size,
            Map<Placement, PlacementRuns.Outcome> outcomes) {
        boolean large = size != PageSize.SIZE_4K;
        boolean comparable = tableBytes(program, PageSize.SIZE_4K) > lastLevelBytes();
        List<Placed> placements = new ArrayList<>();
        outcomes.forEach((placement, outcome) -> {
            OptionalDouble source =
                    large
                            ? publishedLarge(program, placement)
                            : PublishedRatios.of(program.name(), placement);
            placements.add(
                    placed(placement, outcome, comparable ? source : OptionalDouble.empty()));
        });
        OptionalDouble share = PublishedRatios.translationShare(program.name());
        Measurement local = placements.getFirst().measured();
        return new Row(
                name,
                program.spec(),
                size.label(),
                tableBytes(program, size),
                comparable,
                local.walkShare(),
                comparable && !large && share.isPresent() ? share.getAsDouble() : null,
                placements);
    }

    private static long tableBytes(Program program, PageSize size) {
        return Math.ceilDiv(program.footprint(), size.bytes()) * ENTRY * DIMENSIONS;
    }

    private static OptionalDouble publishedLarge(Program program, Placement placement) {
        return placement == Placement.RRI
                ? PublishedRatios.ofLargePages(program.name())
                : OptionalDouble.empty();
    }

    private static Placed placed(
            Placement placement, PlacementRuns.Outcome outcome, OptionalDouble source) {
        Double published = source.isPresent() ? source.getAsDouble() : null;
        return new Placed(
                placement.label(),
                outcome.ratio(),
                published,
                published == null ? null : outcome.ratio() / published - 1,
                outcome.measured().remotePerWalk(),
                outcome.measured());
    }
}
