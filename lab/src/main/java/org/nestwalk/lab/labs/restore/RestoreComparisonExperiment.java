package org.nestwalk.lab.labs.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.document.Document;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.restore.RestoreComparison.Way;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.snapshot.RestorePlan;
import org.nestwalk.lab.snapshot.SnapshotExperiment;
import org.nestwalk.lab.snapshot.SnapshotHost;
import org.nestwalk.lab.snapshot.SnapshotParameters;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// A guest is saved in mid-run, and goes on from the file in several ways.
public final class RestoreComparisonExperiment implements Experiment<RestoreComparison> {
    private static final int LEVELS = 4;
    private static final String CLONES = "clones";
    private static final String DIVERGE = "diverge";
    private static final String SEED = "seed";
    private static final String METHOD = "method";

    private static final Spec SPEC =
            new Spec(
                    "restore",
                    "Ways of going on from a snapshot: all first, lazily, by a recorded set, beside"
                            + " the guest.",
                    "simulated time; blocking machine, one access at a time; exits and software"
                        + " cost fixed numbers of cycles, which are assumptions; a read of storage"
                        + " takes 80 us and 1 us for each 2,000 bytes, which are assumptions of the"
                        + " order of a current NVMe disk; decompressing and copying are free; the"
                        + " format of files is that of nestwalk vm snapshot",
                    Workloads.programsAndTraces(
                            "what the guest runs", "gups:footprint=32MiB,accesses=400K"),
                    List.of(
                            Machines.parameter("skylake-sp"),
                            SnapshotParameters.memory(64L << 20),
                            Parameter.count(
                                    SnapshotParameters.AFTER,
                                    "accesses of the guest before it is saved",
                                    380_000,
                                    1,
                                    1_000_000_000_000L),
                            Parameter.count(
                                    CLONES,
                                    "guests that go on from it to find what they need; the first"
                                            + " one's pages are the working set, and all ways are"
                                            + " compared with the last",
                                    2,
                                    1,
                                    100),
                            Parameter.choice(
                                    DIVERGE,
                                    "whether clones go on as the guest that was saved (none) or"
                                            + " begin the program anew, each with a seed of its"
                                            + " own, in the memory that they have",
                                    "none",
                                    SEED),
                            Parameter.of(
                                            METHOD,
                                            "when memory is loaded: all first (eager), when it is"
                                                + " touched (lazy), beside the guest, too"
                                                + " (background), or a recorded working set first"
                                                + " (set); -2M loads 2 MiB at once as one page",
                                            new Domain.Choice(RestorePlan.Named.labels()),
                                            "eager")
                                    .by(RestorePlan.Named.labels().toArray(String[]::new))
                                    .several()));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public RestoreComparison run(Laboratory laboratory, Arguments given) {
        String text = given.text(Workloads.PROGRAM);
        boolean seeds = given.text(DIVERGE).equals(SEED);
        if (seeds) {
            var _ = Workloads.program(text);
        }
        ProcessorModel model = Timing.blocking(given);
        GuestProgram program = GuestProgram.open(text, LEVELS, Long.MAX_VALUE, 1);
        List<RestorePlan.Named> plans =
                given.texts(METHOD).stream().map(RestorePlan.Named::of).toList();
        int clones = given.whole(CLONES);
        try (SavedClones saved =
                new SavedClones(
                        new SnapshotHost(model),
                        program,
                        given.size(SnapshotParameters.MEMORY),
                        given.count(SnapshotParameters.AFTER),
                        seeds)) {
            saved.record(clones, recording(laboratory.progress()));
            List<Function<Meter, Way>> parts = new ArrayList<>();
            for (RestorePlan.Named plan : plans) {
                parts.add(progress -> saved.goOn(plan, progress.part()));
            }
            List<Way> ways = laboratory.inOrder(parts);
            SnapshotExperiment.Result taken = saved.taken();
            return new RestoreComparison(
                    model.name(),
                    program.name(),
                    taken.after(),
                    taken.pages(),
                    taken.fileBytes(),
                    clones,
                    given.text(DIVERGE),
                    saved.recordedPages(),
                    saved.neededPages(),
                    saved.recordedAndNeeded(),
                    saved.overlap(),
                    ways);
        }
    }

    private static ProgressListener recording(ProgressListener progress) {
        return event ->
                progress.update(
                        new ProgressEvent(
                                "recorded",
                                event.done(),
                                event.total(),
                                event.unit(),
                                event.figures()));
    }

    @Override
    public boolean isFlawless(RestoreComparison result) {
        return result.ways().stream().allMatch(Way::verified);
    }

    @Override
    public Document document(RestoreComparison result) {
        return RestoreDocument.of(result);
    }
}
