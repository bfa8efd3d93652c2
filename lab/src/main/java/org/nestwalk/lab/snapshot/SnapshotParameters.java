package org.nestwalk.lab.snapshot;

import java.util.List;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// What taking and restoring a snapshot can be asked, but for files.
public final class SnapshotParameters {
    /// Accesses before the snapshot.
    public static final String AFTER = "after";

    /// Memory of the guest.
    public static final String MEMORY = "memory";

    /// The snapshot that the difference is written to.
    public static final String BASE = "base";

    private static final String SIMULATED = "sim";
    private static final String ON = "on";
    private static final long LARGE_PAGE = 2L << 20;

    // A host has twice as much and some more, up to 16 TiB.
    private static final long MOST_MEMORY = 4L << 40;

    private static final List<Parameter> WHERE =
            List.of(
                    Parameter.choice(ON, "what it runs on", SIMULATED, "kvm"),
                    Machines.parameter("skylake-sp").onlyWith(ON, SIMULATED));

    private SnapshotParameters() {}

    /// Of taking one.
    public static Experiment.Spec take() {
        return new Experiment.Spec(
                "vm-snapshot",
                "A running virtual machine in a file.",
                "",
                Workloads.programsAndTraces("a program, see nestwalk programs, or a trace file"),
                List.of(
                        WHERE.getFirst(),
                        WHERE.getLast(),
                        Parameter.count(
                                AFTER, "accesses to make before", 100_000, 0, Long.MAX_VALUE),
                        memory(256L << 20)));
    }

    /// Of restoring one.
    public static Experiment.Spec restore() {
        return new Experiment.Spec(
                "vm-restore", "A virtual machine goes on from a file.", "", null, WHERE);
    }

    /// Parameters that say where: what it runs on, and the simulated processor.
    public static List<Parameter> where() {
        return WHERE;
    }

    /// Memory of a guest that is saved and restored on the simulated machine.
    ///
    /// @param usual bytes unless told otherwise
    public static Parameter memory(long usual) {
        return Parameter.multiple(
                MEMORY, "memory of the guest", usual, LARGE_PAGE, 16L << 20, MOST_MEMORY);
    }

    /// Where it is done.
    ///
    /// @throws org.nestwalk.InputException if there is no such machine
    public static SnapshotHost host(Arguments given) {
        return new SnapshotHost(given.text(ON).equals(SIMULATED) ? Timing.blocking(given) : null);
    }
}
