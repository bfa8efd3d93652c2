package org.nestwalk.lab.migration.move;

import java.util.concurrent.atomic.AtomicBoolean;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.migration.Rehearsal;
import org.nestwalk.parameter.Arguments;

/// Rehearses before the first guest of a process moves, for whose downtime it would count.
final class FirstMove {
    private static final int TIMES = 5;
    private static final AtomicBoolean DONE = new AtomicBoolean();

    private FirstMove() {}

    /// Rehearses, unless that was done.
    ///
    /// @param given with the machine whose processor is as good as any
    static void rehearse(Arguments given) {
        if (!DONE.getAndSet(true)) {
            Rehearsal.run(Machines.named(given.text(Experiment.MACHINE)).model(), TIMES);
        }
    }
}
