package org.nestwalk.lab.labs.prefetch;

import org.nestwalk.hypervisor.prefetch.PrefetchSettings;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.Row;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.mmu.model.ProcessorModel;

/// First touches on the simulated machine.
///
/// @param pages that are touched
/// @param window pages of fault-around
/// @param job pages of an activation
/// @param lead nanoseconds between hint and first touch
record SimulatedTouches(
        ProcessorModel model,
        int pages,
        PrefetchSettings settings,
        int window,
        int job,
        long lead,
        long seed) {
    private static final int STEP = 256;

    /// What comes of backing pages in one way.
    Row row(Pattern pattern, Way way, Meter meter) {
        try (PrefetchedGuest guest =
                new PrefetchedGuest(model, 2 * pages, way.policy(window), settings)) {
            int announced = way.hints() ? pattern.announced(pages) : 0;
            long start = guest.time();
            long before = guest.beside();
            long violations = guest.exits(ExitReason.VIOLATION);
            long calls = guest.exits(ExitReason.HYPERCALL);
            if (announced > 0) {
                guest.hint(0, announced, way.flags());
            }
            long hintTime = guest.time() - start;
            long[] order = pattern.pages(pages, seed);
            long[] times = new long[pages];
            for (int i = 0; i < pages; i++) {
                times[i] = guest.touch(order[i], lead);
                if (i % STEP == STEP - 1 && !meter.add(STEP)) {
                    throw new EndedEarly();
                }
            }
            long backed = guest.backedBytes();
            TouchTimes touches = new TouchTimes(times);
            return new Row(
                    pattern.label(),
                    way.label(),
                    announced,
                    guest.exits(ExitReason.HYPERCALL) - calls,
                    guest.exits(ExitReason.VIOLATION) - violations,
                    touches.percentile(0.5),
                    touches.percentile(0.9),
                    touches.percentile(0.99),
                    touches.percentile(1),
                    touches.jitter(job),
                    hintTime,
                    guest.beside() - before,
                    hintTime + touches.sum(),
                    backed,
                    backed - pages * PrefetchedGuest.PAGE,
                    touches.histogram());
        }
    }
}
