package org.nestwalk.lab.migration.move;

import java.util.concurrent.atomic.AtomicBoolean;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.migration.Rehearsal;

/// Rehearses before the first guest of a process moves, for whose downtime it would count.
final class FirstMove {
    private static final int TIMES = 5;

    // Any does, and on KVM none is named.
    private static final String MODEL = "skylake-sp";
    private static final AtomicBoolean DONE = new AtomicBoolean();

    private FirstMove() {}

    /// Rehearses, unless that was done.
    static void rehearse() {
        if (!DONE.getAndSet(true)) {
            Rehearsal.run(Machines.named(MODEL).model().withOverlap(null), TIMES);
        }
    }
}
