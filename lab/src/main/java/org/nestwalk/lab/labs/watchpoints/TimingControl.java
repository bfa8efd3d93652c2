package org.nestwalk.lab.labs.watchpoints;

import java.util.function.Supplier;
import org.nestwalk.hypervisor.watchpoints.RandomPages;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Suspicion;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.watchpoints.WatchedHeap.Region;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Timing;
import org.nestwalk.lab.progress.Meter;

/// A bug that traps may hide by the time that they take: one CPU stores to its objects and then
/// frees one that another CPU, after some loads, uses once more. If the first is slower, as with
/// traps on what it stores to, the use comes before the free, and nothing is wrong.
///
/// The control has as many traps on pages that the bug never hits: if it is as rare with them, it
/// is time that hides it, and not that nothing is there.
final class TimingControl {
    private static final int CLASS = 3;

    private final Supplier<WatchedHeap> guests;
    private final int rounds;
    private final int accesses;
    private final long seed;

    /// @param guests new ones, all the same, of two CPUs, the first of which only stores and the
    ///   second only loads
    /// @param accesses of the first in a round; the second makes up to as many again
    TimingControl(Supplier<WatchedHeap> guests, int rounds, int accesses, long seed) {
        this.guests = guests;
        this.rounds = rounds;
        this.accesses = accesses;
        this.seed = seed;
    }

    /// How often it happened, and was seen.
    private record Happened(int times, int seen) {}

    private Happened run(int armed, Region region, Meter meter) {
        try (WatchedHeap heap = guests.get();
                RotatingWatchpoints points =
                        heap.arm(armed, Trap.WRITES, new RandomPages(seed), region)) {
            int times = 0;
            int seen = 0;
            for (int round = 0; round < rounds; round++) {
                points.rotate();
                int _ = heap.program(0).plan(accesses);
                long frees = heap.run(0);
                int _ = heap.program(1).plan(accesses + (int) heap.random().nextBelow(accesses));
                long uses = heap.run(1);
                if (uses > frees) {
                    times++;
                    int _ = heap.program(1).plan(0);
                    heap.program(1).plantBad(Suspicion.FREED, CLASS, heap.pages() / 2);
                    long _ = heap.run(1);
                }
                seen += heap.reports().size();
                if (!meter.add(2L * accesses)) {
                    throw new EndedEarly();
                }
            }
            return new Happened(times, seen);
        }
    }

    /// What comes of `armed` pages, at most half of all.
    Timing compare(int armed, Meter meter) {
        Happened trapped = run(armed, Region.FIRST_HALF, meter);
        return new Timing(
                armed,
                rounds,
                run(armed, Region.UNUSED, meter).times,
                run(armed, Region.SECOND_HALF, meter).times,
                trapped.times,
                trapped.seen);
    }
}
