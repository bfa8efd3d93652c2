package org.nestwalk.lab.labs.watchpoints;

import java.util.function.Supplier;
import org.nestwalk.hypervisor.watchpoints.ColdPagesFirst;
import org.nestwalk.hypervisor.watchpoints.PageChoice;
import org.nestwalk.hypervisor.watchpoints.RandomPages;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.watchpoints.WatchedHeap.Region;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Cost;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.memory.PageSet;

/// What armed pages cost a guest without bugs: its time against that of the same guest whose armed
/// pages nobody accesses, with as many rotations and flushes.
final class HeapCosts {
    private static final int PART = 64;

    private final Supplier<WatchedHeap> guests;
    private final Trap trap;
    private final int periods;
    private final int accesses;
    private final long seed;

    /// @param guests new ones, all the same
    /// @param accesses of each CPU between two rotations
    HeapCosts(Supplier<WatchedHeap> guests, Trap trap, int periods, int accesses, long seed) {
        this.guests = guests;
        this.trap = trap;
        this.periods = periods;
        this.accesses = accesses;
        this.seed = seed;
    }

    /// What a run came to.
    ///
    /// @param time of all CPUs
    /// @param made accesses that a trap could see
    /// @param trapped accesses to armed pages
    /// @param hot armed pages of the hottest tenth, of all rotations
    private record Run(long time, long made, long trapped, long hot) {}

    private Run run(int armed, PageChoice choice, Region region, Meter meter) {
        try (WatchedHeap heap = guests.get();
                RotatingWatchpoints points = heap.arm(armed, trap, choice, region)) {
            long time = 0;
            long made = 0;
            long hot = 0;
            for (int i = 0; i < periods; i++) {
                points.rotate();
                PageSet now = new PageSet();
                points.armed(now);
                hot += heap.hottest(now);
                for (int cpu = 0; cpu < heap.cpus(); cpu++) {
                    int stores = heap.program(cpu).plan(accesses);
                    made += trap == Trap.ALL ? accesses : stores;
                    time += heap.run(cpu);
                }
                if (!meter.add((long) accesses * heap.cpus())) {
                    throw new EndedEarly();
                }
            }
            if (!heap.isRight()) {
                throw new IllegalStateException("the guest has loaded something wrong");
            }
            return new Run(time, made, points.accesses(), hot);
        }
    }

    /// What one access to an armed page costs: by a run of its own, with one page of so many armed,
    /// chosen by other random numbers.
    double accessCost(int pages, Meter meter) {
        int armed = Math.max(1, pages / PART);
        PageChoice other = new RandomPages(~seed);
        Run trapped = run(armed, other, Region.HEAP, meter);
        Run untrapped = run(armed, other, Region.UNUSED, meter);
        return trapped.trapped == 0
                ? 0
                : (double) (trapped.time - untrapped.time) / trapped.trapped;
    }

    /// What so many pages cost, chosen at random or cold ones first.
    Cost cost(boolean cold, int armed, int pages, double accessCost, Meter meter) {
        Run trapped = run(armed, choice(cold), Region.HEAP, meter);
        Run untrapped = run(armed, choice(cold), Region.UNUSED, meter);
        double predicted = (double) armed * trapped.made / pages;
        return new Cost(
                cold ? "cold first" : "random",
                armed,
                trapped.trapped,
                predicted,
                trapped.time - untrapped.time,
                predicted * accessCost,
                (double) (trapped.time - untrapped.time) / untrapped.time,
                (double) armed / pages,
                (double) trapped.hot / periods / Math.max(1, pages / WatchedHeap.TENTH));
    }

    private PageChoice choice(boolean cold) {
        return cold ? new ColdPagesFirst(seed) : new RandomPages(seed);
    }
}
