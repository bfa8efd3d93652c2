package org.nestwalk.lab.numa;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.mmu.model.MachineModel;

/// Where tables are on a machine with NUMA nodes, what that costs, and what moving or copying them
/// is worth; beside the published figures.
public final class NumaStory {
    /// What every figure stands on, beside the machine.
    public static final String MODEL =
            "NUMA: memory costs more on another node, and on a loaded one; the way to a node takes"
                + " as long for all others, and the queue in front of a loaded one is as long for"
                + " all; walks are made one after the other, references to data that miss the"
                + " caches overlap as stated, whatever they depend on; one CPU has the last-level"
                + " cache to itself, which keeps lines of all nodes; the program has initialised"
                + " its memory in ascending order, in pages of which only those it touches are"
                + " made";

    private static final int MOST_THREADS = 2;
    private static final int LINE = 64;
    private static final int ENTRY = 8;
    private static final int DIMENSIONS = 2;

    /// One placement of one program's tables.
    ///
    /// @param placement its name
    /// @param ratio of cycles to those with all local
    /// @param published the same in the source; null if there is none
    /// @param deviation of ours from the source's, 0.1 for 10 % more; null if there is none
    /// @param remotePerWalk references to tables that another node's memory served, for each walk
    /// @param measured what the program cost
    public record Cell(
            String placement,
            double ratio,
            @Nullable Double published,
            @Nullable Double deviation,
            double remotePerWalk,
            Measurement measured) {}

    /// One program.
    ///
    /// @param name what users call it
    /// @param program with all its parameters
    /// @param pages of both dimensions
    /// @param tableBytes leaf entries of both dimensions for all its memory
    /// @param comparable whether they would exceed the last-level cache with 4-KiB pages, as those
    ///   of the source's programs do; if not, caches serve references to tables that memory serves
    ///   there, and nothing is compared
    /// @param walkShare the part of cycles, all local, that translation takes
    /// @param cells its placements
    public record Row(
            String name,
            String program,
            String pages,
            long tableBytes,
            boolean comparable,
            double walkShare,
            List<Cell> cells) {
        /// Copies the list.
        public Row {
            cells = List.copyOf(cells);
        }

        /// The cell of a placement.
        ///
        /// @throws IllegalArgumentException if it was not measured
        public Cell cell(Placement placement) {
            return cells.stream()
                    .filter(cell -> cell.placement().equals(placement.label()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(placement.label()));
        }
    }

    /// All that came of it.
    ///
    /// @param options how it was told
    /// @param lastLevelBytes of the last-level cache
    /// @param programs with 4-KiB pages, all placements
    /// @param largePages the first program with 2-MiB pages, the two ends
    /// @param costs of changing replicated tables
    /// @param tenant where the load comes from; null if it was given
    public record Result(
            NumaOptions options,
            long lastLevelBytes,
            Tenant.@Nullable Load tenant,
            List<Row> programs,
            Row largePages,
            List<ReplicationCosts.Row> costs) {}

    private NumaStory() {}

    /// Tells it, on up to two threads; results do not depend on them.
    ///
    /// @throws InputException if there is no such program, it makes too few accesses, or a node
    ///   cannot hold it; or if the machine has no data caches
    public static Result run(MachineModel model, NumaOptions options, ProgressListener progress) {
        return run(model, options, null, progress);
    }

    /// Tells it, with the load of the remote node made by a tenant's virtual machine instead of
    /// given.
    ///
    /// @throws InputException as the other
    public static Result run(
            MachineModel model,
            NumaOptions asked,
            @Nullable Tenant tenant,
            ProgressListener progress) {
        int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
        return run(model, asked, tenant, progress, threads);
    }

    static Result run(
            MachineModel model,
            NumaOptions asked,
            @Nullable Tenant tenant,
            ProgressListener progress,
            int threads) {
        if (model.memory().caches().isEmpty() || !model.memory().dataThroughCaches()) {
            throw new InputException(
                    "machine %s has no data caches in front of its memory; use one that has, such as cascade-lake-6252"
                            .formatted(model.name()));
        }
        List<Program> programs = asked.programs().stream().map(Workloads::program).toList();
        Meter meter = new Meter(progress, programs.size() + 1);
        List<Callable<Told>> work = new ArrayList<>();
        for (Program program : programs) {
            work.add(() -> tell(model, asked, tenant, program, PageSize.SIZE_4K, meter));
        }
        Program first = programs.getFirst();
        work.add(() -> tell(model, asked, tenant, first, PageSize.SIZE_2M, meter));
        List<Told> told = all(work, threads);
        List<Row> rows = told.stream().map(Told::row).toList();
        Tenant.@Nullable Load load = told.getFirst().load();
        return new Result(
                load == null ? asked : asked.withLoaded(load.loaded()),
                lastLevelBytes(model),
                load,
                rows.subList(0, programs.size()),
                rows.getLast(),
                ReplicationCosts.measure(asked.topology().entryCycles()));
    }

    /// A row, and the load under which it came about; null if that was given.
    private record Told(Row row, Tenant.@Nullable Load load) {}

    private static long lastLevelBytes(MachineModel model) {
        return (long) model.memory().caches().getLast().geometry().entries() * LINE;
    }

    private static List<Told> all(List<Callable<Told>> work, int threads) {
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Told> told = new ArrayList<>();
            for (Future<Told> one : executor.invokeAll(work)) {
                told.add(one.get());
            }
            return told;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// Runs a program on a machine of its own, which the tenant shares.
    private static Told tell(
            MachineModel model,
            NumaOptions asked,
            @Nullable Tenant tenant,
            Program program,
            PageSize size,
            Meter meter) {
        long lastLevel = lastLevelBytes(model);
        AccessRecord accesses = AccessRecord.filling(program, lastLevel / LINE, size);
        try (SimulatedMachine machine = NumaGuest.newMachine(model, asked)) {
            Tenant.@Nullable Load load = tenant == null ? null : tenant.measure(machine, asked);
            NumaOptions options = load == null ? asked : asked.withLoaded(load.loaded());
            NumaGuest guest = new NumaGuest(machine, options, accesses, size);
            boolean comparable = tableBytes(program, PageSize.SIZE_4K) > lastLevel;
            return new Told(row(options, program, comparable, guest, accesses, size, meter), load);
        }
    }

    private static Row row(
            NumaOptions options,
            Program program,
            boolean comparable,
            NumaGuest guest,
            AccessRecord accesses,
            PageSize size,
            Meter meter) {
        boolean large = size != PageSize.SIZE_4K;
        Map<Placement, PlacementRuns.Outcome> outcomes =
                large
                        ? PlacementRuns.ends(guest, options, accesses, meter)
                        : PlacementRuns.all(guest, options, accesses, meter);
        List<Cell> cells = new ArrayList<>();
        outcomes.forEach((placement, outcome) -> {
            OptionalDouble source =
                    large
                            ? publishedLarge(program, placement)
                            : PublishedRatios.of(program.name(), placement);
            cells.add(cell(placement, outcome, comparable ? source : OptionalDouble.empty()));
        });
        Measurement local = cells.getFirst().measured();
        return new Row(
                program.name(),
                program.spec(),
                size.label(),
                tableBytes(program, size),
                comparable,
                local.translationCycles() / local.cycles(guest.accessCycles(), options.overlap()),
                cells);
    }

    private static long tableBytes(Program program, PageSize size) {
        return Math.ceilDiv(program.footprint(), size.bytes()) * ENTRY * DIMENSIONS;
    }

    private static OptionalDouble publishedLarge(Program program, Placement placement) {
        return placement == Placement.RRI
                ? PublishedRatios.ofLargePages(program.name())
                : OptionalDouble.empty();
    }

    private static Cell cell(
            Placement placement, PlacementRuns.Outcome outcome, OptionalDouble source) {
        Double published = source.isPresent() ? source.getAsDouble() : null;
        return new Cell(
                placement.label(),
                outcome.ratio(),
                published,
                published == null ? null : outcome.ratio() / published - 1,
                outcome.measured().remotePerWalk(),
                outcome.measured());
    }
}
