package org.nestwalk.lab.labs.migration;

import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Document;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.migration.move.LoopbackMove;
import org.nestwalk.lab.migration.move.MoveParameters;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.parameter.Arguments;

/// A guest that runs is moved, for real, between two machines of this process, while somebody
/// watches.
public final class MoveExperiment implements Experiment<LoopbackMove.Sides> {
    private static final Spec SPEC =
            new Spec(
                    "move",
                    "A running guest moves to a second machine, for real, and is watched.",
                    "both machines are in this process, and pages go from one to the other over TCP"
                            + " on the loopback address; times are measured, with both sides and"
                            + " the guest on the same processors, and differ from run to run",
                    Workloads.programsAndTraces(
                            "a program, see nestwalk programs, or a trace file",
                            "zipf:footprint=64MiB,accesses=10M"),
                    MoveParameters.loopback());

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public LoopbackMove.Sides run(Laboratory laboratory, Arguments given) {
        String program = given.text(Workloads.PROGRAM);
        String policy = given.text(MoveParameters.POLICY);
        Watched watched = new Watched(laboratory.progress(), program, policy);
        return LoopbackMove.run(given, watched, watched::moves);
    }

    /// Shows steps of the migration to who watches, the last of them, too, when the guest has
    /// arrived: charts are not wanted at every step. Called by the threads of both sides.
    private static final class Watched implements ProgressListener {
        private final ProgressListener listener;
        private final String program;
        private final String policy;
        private @Nullable MigrationProgress unseen;

        Watched(ProgressListener listener, String program, String policy) {
            this.listener = listener;
            this.program = program;
            this.policy = policy;
        }

        @Override
        public boolean update(ProgressEvent event) {
            show();
            return listener.update(event);
        }

        private synchronized void moves(MigrationProgress step) {
            unseen = step.nanoseconds() > 0 ? step : null;
            show();
        }

        private synchronized void show() {
            MigrationProgress step = unseen;
            if (step != null && listener.wantsCharts()) {
                unseen = null;
                listener.see(MoveDocument.live(program, policy, step));
            }
        }
    }

    @Override
    public boolean isFlawless(LoopbackMove.Sides result) {
        return result.isFlawless();
    }

    @Override
    public Document document(LoopbackMove.Sides result) {
        return MoveDocument.of(result);
    }
}
