package org.nestwalk.lab.transactions;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.mmu.model.MachineModel;

/// Transactions in a virtual machine: what aborts them, and what the hypervisor has to do with it.
public final class TransactionStory {
    /// What every figure stands on, beside the machine.
    public static final String MODEL =
            "transactions: written lines are kept in the first-level data cache, read lines as far"
                + " as the last level reaches, and only their own number loses them; a conflict"
                + " aborts who held the line first; interrupts, exceptions and exits abort with"
                + " status 0; setting accessed and dirty flags does not abort, and is not undone;"
                + " the elided lock takes no line; the guest has mapped all memory before, so that"
                + " only the second level can be missing";

    private static final long MOST_FOOTPRINT = 1L << 30;
    private static final long MOST_ACCESSES = 100_000_000;

    /// All that came of it.
    ///
    /// @param program that ran as transactions of `settings`
    /// @param settings how; cycles of XBEGIN, XEND and aborts are assumptions
    /// @param lengths abort rate against length, with interrupts
    /// @param fit the rate of interrupts that follows from them
    /// @param backing the program, with memory backed at the first touch and before
    /// @param tracking written pages looked for meanwhile
    /// @param capacity more and more lines of one set written
    /// @param conflicts CPUs that share lines
    public record Result(
            String program,
            TransactionSettings settings,
            List<LengthSweep.Point> lengths,
            ExponentialFit fit,
            List<BackingCases.Row> backing,
            List<TrackingCases.Row> tracking,
            List<CapacityCases.Row> capacity,
            List<ConflictCases.Row> conflicts) {}

    private TransactionStory() {}

    /// Tells it.
    ///
    /// @param text a program, as [org.nestwalk.guest.program.ProgramSpec] takes it
    /// @param settings with interrupts for the sweep of lengths, 1e-5 to 1e-3 per cycle; all else
    ///   has none
    /// @throws InputException if there is no such program, or it cannot be run as transactions
    public static Result run(
            MachineModel model,
            String text,
            TransactionSettings settings,
            ProgressListener progress) {
        Program program = program(text);
        requireCaches(model);
        double rate = settings.interruptRate();
        if (!(rate >= LengthSweep.LOWEST_RATE && rate <= LengthSweep.HIGHEST_RATE)) {
            throw new InputException(
                    "interrupts per cycle: %s is not %s to %s"
                            .formatted(rate, LengthSweep.LOWEST_RATE, LengthSweep.HIGHEST_RATE));
        }
        Meter meter = new Meter(progress, 1);
        meter.begin(
                LengthSweep.accesses(settings)
                        + BackingCases.accesses(program)
                        + TrackingCases.accesses(model)
                        + CapacityCases.accesses(model)
                        + ConflictCases.accesses());
        TransactionSettings quiet = settings.withInterrupts(0, settings.seed());
        List<LengthSweep.Point> lengths = LengthSweep.run(model, settings, meter);
        return new Result(
                program.spec(),
                settings,
                lengths,
                ExponentialFit.of(
                        lengths.stream()
                                .map(p -> new ExponentialFit.Point(p.cycles(), p.abortRate()))
                                .toList()),
                BackingCases.run(model, program, quiet, meter),
                TrackingCases.run(model, quiet, meter),
                CapacityCases.run(model, quiet, meter),
                ConflictCases.run(model, quiet, meter));
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

    private static void requireCaches(MachineModel model) {
        if (model.memory().caches().isEmpty() || !model.memory().dataThroughCaches()) {
            throw new InputException(
                    "machine %s has no data caches, which hold the lines of a transaction; use one that has, such as skylake-sp"
                            .formatted(model.name()));
        }
    }
}
