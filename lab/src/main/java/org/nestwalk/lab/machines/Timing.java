package org.nestwalk.lab.machines;

import java.util.Locale;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.mmu.model.OverlapModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// How long accesses take: the time model that a machine is asked to have (`designs/032`).
public enum Timing {
    /// Several accesses are under way at once, as far as the machine's file says.
    OVERLAP,

    /// One after the other, whatever the machine's file says.
    BLOCKING;

    /// The name of the parameter that chooses.
    public static final String NAME = "timing";

    /// What figures of a blocking machine stand on.
    public static final String BLOCKING_MODEL =
            "blocking machine: one access at a time, no overlap and no out-of-order execution";

    /// The parameter that chooses.
    public static Parameter parameter() {
        return Parameter.choice(
                NAME,
                "whether accesses overlap as far as the machine has room for them, or each waits"
                        + " for the one before",
                OVERLAP.label(),
                BLOCKING.label());
    }

    /// How users call it.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The machine that `given` name, with the time model that they choose.
    ///
    /// @throws org.nestwalk.InputException if there is no such machine
    public static MachineFile machine(Arguments given) {
        MachineFile file = Machines.named(given.text(Experiment.MACHINE));
        return given.text(NAME).equals(BLOCKING.label())
                ? new MachineFile(file.model().withOverlap(null), file.parameters())
                : file;
    }

    /// The machine that `given` name, as a blocking one: for what has no choice.
    ///
    /// @throws org.nestwalk.InputException if there is no such machine
    public static ProcessorModel blocking(Arguments given) {
        return Machines.named(given.text(Experiment.MACHINE)).model().withOverlap(null);
    }

    /// What times of a machine stand on, as a part of a sentence.
    public static String of(ProcessorModel model) {
        OverlapModel overlap = model.overlap();
        if (overlap == null) {
            return BLOCKING_MODEL;
        }
        return "overlapping machine: at most %s, %s and %s are under way at once; accesses wait for data that their addresses are computed from or unpredictable branches decide by; nothing else of out-of-order execution, and no prefetching"
                .formatted(
                        counted(overlap.window(), "data access", "data accesses"),
                        counted(overlap.outstandingMisses(), "miss", "misses"),
                        counted(model.translation().walkers(), "walk", "walks"));
    }

    private static String counted(int count, String one, String many) {
        return "%d %s".formatted(count, count == 1 ? one : many);
    }
}
