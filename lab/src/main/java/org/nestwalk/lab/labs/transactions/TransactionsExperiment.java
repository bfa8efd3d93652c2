package org.nestwalk.lab.labs.transactions;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.document.Document;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// Transactions in a virtual machine: what aborts them, and what the hypervisor has to do with it.
public final class TransactionsExperiment implements Experiment<TransactionsResult> {
    private static final String LENGTH = "length";
    private static final String RETRIES = "retries";
    private static final String INTERRUPTS = "interrupts";
    private static final String SEED = "seed";

    private static final Spec SPEC =
            new Spec(
                    "transactions",
                    "What aborts transactions in a virtual machine, and what the hypervisor has to"
                            + " do with it.",
                    VmRun.BLOCKING_MODEL
                            + "; transactions: written lines are kept in the first-level data"
                            + " cache, read lines as far as the last level reaches, and only their"
                            + " own number loses them; a conflict aborts who held the line first;"
                            + " interrupts, exceptions and exits abort with status 0; setting"
                            + " accessed and dirty flags does not abort, and is not undone; the"
                            + " elided lock takes no line; the guest has mapped all memory before,"
                            + " so that only the second level can be missing",
                    Workloads.programs(
                            "what to run as transactions", "gups:footprint=16MiB,accesses=200k"),
                    List.of(
                            Parameter.count(
                                    LENGTH,
                                    "accesses of a transaction",
                                    16,
                                    1,
                                    TransactionSettings.LONGEST),
                            Parameter.count(
                                    RETRIES,
                                    "how often an aborted transaction is tried again before it"
                                            + " takes the lock",
                                    3,
                                    0,
                                    TransactionSettings.MOST_RETRIES),
                            Parameter.number(
                                    INTERRUPTS,
                                    "per cycle where lengths are compared, far above real ones so"
                                            + " that they show",
                                    1e-4,
                                    LengthSweep.LOWEST_RATE,
                                    LengthSweep.HIGHEST_RATE),
                            Parameter.seed("of interrupts and shared lines"),
                            Machines.parameter("skylake-sp")));

    private static final long MOST_FOOTPRINT = 1L << 30;
    private static final long MOST_ACCESSES = 100_000_000;

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public TransactionsResult run(Laboratory laboratory, Arguments given) {
        Program program = program(given.text(Workloads.PROGRAM));
        ProcessorModel model = Timing.blocking(given);
        requireCaches(model, given);
        TransactionSettings settings =
                TransactionSettings.of(given.whole(LENGTH), given.whole(RETRIES))
                        .withInterrupts(given.number(INTERRUPTS), given.seed(SEED));
        TransactionSettings quiet = settings.withInterrupts(0, settings.seed());
        List<Function<Meter, ? extends List<? extends CaseRow>>> parts = new ArrayList<>();
        parts.addAll(LengthSweep.parts(model, settings));
        parts.addAll(BackingCases.parts(model, program, quiet));
        parts.addAll(TrackingCases.parts(model, quiet));
        parts.addAll(CapacityCases.parts(model, quiet));
        parts.addAll(ConflictCases.parts(model, quiet));
        long accesses =
                LengthSweep.accesses(settings)
                        + BackingCases.accesses(program)
                        + TrackingCases.accesses(model)
                        + CapacityCases.accesses(model)
                        + ConflictCases.accesses();
        List<CaseRow> rows = new ArrayList<>();
        laboratory.<List<? extends CaseRow>>inOrder(accesses, parts).forEach(rows::addAll);
        List<LengthSweep.Point> lengths = those(rows, LengthSweep.Point.class);
        return new TransactionsResult(
                model.name(),
                program.spec(),
                settings,
                lengths,
                LengthSweep.fit(lengths),
                those(rows, BackingCases.Row.class),
                those(rows, TrackingCases.Row.class),
                those(rows, CapacityCases.Row.class),
                those(rows, ConflictCases.Row.class));
    }

    private static <T> List<T> those(List<?> rows, Class<T> kind) {
        return rows.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static Program program(String text) {
        Program program = Workloads.program(text);
        if (program.footprint() > MOST_FOOTPRINT) {
            throw new InputException(
                    "program %s: a footprint of %s cannot be run as transactions; use %s or less"
                            .formatted(
                                    program.name(),
                                    Quantities.formatSize(program.footprint()),
                                    Quantities.formatSize(MOST_FOOTPRINT)));
        }
        if (program.accesses() > MOST_ACCESSES) {
            throw new InputException(
                    "program %s: %,d accesses are too many to be run as transactions; use 1 to %,d"
                            .formatted(program.name(), program.accesses(), MOST_ACCESSES));
        }
        return program;
    }

    private static void requireCaches(ProcessorModel model, Arguments given) {
        if (model.memory().caches().isEmpty() || !model.memory().dataThroughCaches()) {
            throw given.bad(
                    MACHINE,
                    "%s has no data caches, which hold the lines of a transaction; use one that has, such as skylake-sp"
                            .formatted(model.name()));
        }
    }

    @Override
    public Document document(TransactionsResult result) {
        return TransactionsDocument.of(result);
    }
}
