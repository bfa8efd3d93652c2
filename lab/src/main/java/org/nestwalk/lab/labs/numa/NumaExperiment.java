package org.nestwalk.lab.labs.numa;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.bits.PageSize;
import org.nestwalk.document.Document;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.numa.NumaResult.Row;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// Where tables are on a machine with NUMA nodes, what that costs, and what moving or copying them
/// is worth; beside the published figures.
public final class NumaExperiment implements Experiment<NumaResult> {
    private static final String MODEL =
            "NUMA: memory costs more on another node, and on a loaded one; the way to a node takes"
                + " as long for all others, and the queue in front of a loaded one is as long for"
                + " all; on a blocking machine walks are made one after the other, and as many"
                + " references to data that miss the caches overlap as stated, whatever they depend"
                + " on; one CPU has the last-level cache to itself, which keeps lines of all nodes;"
                + " the program has initialised its memory in ascending order, in pages of which"
                + " only those it touches are made";

    private static final int MOST_THREADS = 2;

    private static final Spec SPEC =
            new Spec(
                    "numa",
                    "What it costs if page tables are on other NUMA nodes, and what moving or"
                            + " copying them is worth.",
                    VmRun.MODEL + "; " + MODEL,
                    Workloads.programs(
                            "what to run",
                            "gups:footprint=32GiB,accesses=8M",
                            "btree:footprint=32GiB,fanout=6,accesses=8M",
                            "xsbench:footprint=64GiB,accesses=8M"),
                    parameters());

    private static List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        all.add(Machines.parameter("cascade-lake-6252"));
        all.add(Timing.parameter());
        all.addAll(NumaOptions.places());
        all.addAll(Tenant.parameters());
        all.addAll(NumaOptions.times());
        return all;
    }

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public NumaResult run(Laboratory laboratory, Arguments given) {
        ProcessorModel model = Timing.machine(given).model();
        int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
        return run(laboratory, model, NumaOptions.of(given), Tenant.of(given), threads);
    }

    /// On so many threads, on which results do not depend; with the load of the remote node made by
    /// `tenant` instead of given.
    ///
    /// @throws InputException if there is no such program, it makes too few accesses, or a node
    ///   cannot hold it; or if the machine has no data caches
    static NumaResult run(
            Laboratory laboratory,
            ProcessorModel model,
            NumaOptions asked,
            @Nullable Tenant tenant,
            int threads) {
        if (model.memory().caches().isEmpty() || !model.memory().dataThroughCaches()) {
            throw new InputException(
                    "machine %s has no data caches in front of its memory; use one that has, such as cascade-lake-6252"
                            .formatted(model.name()));
        }
        List<Program> programs = asked.programs().stream().map(Workloads::program).toList();
        PlacedProgram placed = new PlacedProgram(model, asked, tenant);
        List<Function<Meter, PlacedProgram.Outcome>> parts = new ArrayList<>();
        List<String> names = Names.numbered(programs.stream().map(Program::name).toList());
        for (int i = 0; i < programs.size(); i++) {
            Program program = programs.get(i);
            String name = names.get(i);
            parts.add(meter -> placed.run(name, program, PageSize.SIZE_4K, meter));
        }
        parts.add(meter ->
                placed.run(names.getFirst(), programs.getFirst(), PageSize.SIZE_2M, meter));
        List<PlacedProgram.Outcome> outcomes = laboratory.sideBySide(threads, parts);
        Tenant.@Nullable Load load = outcomes.getFirst().load();
        return new NumaResult(
                model.name(),
                load == null ? asked : asked.withLoaded(load.loaded()),
                placed.lastLevelBytes(),
                load,
                rows(outcomes, PageSize.SIZE_4K),
                rows(outcomes, PageSize.SIZE_2M).stream().findFirst().orElse(null),
                ReplicationCosts.measure(asked.topology().entryCycles()));
    }

    private static List<Row> rows(List<PlacedProgram.Outcome> outcomes, PageSize pages) {
        return outcomes.stream()
                .map(PlacedProgram.Outcome::row)
                .filter(row -> row.pages().equals(pages.label()))
                .toList();
    }

    @Override
    public Document document(NumaResult result) {
        return NumaDocument.of(result);
    }
}
