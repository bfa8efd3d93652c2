package org.nestwalk.lab.labs.watchpoints;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.nestwalk.hypervisor.watchpoints.BugFilter;
import org.nestwalk.hypervisor.watchpoints.RandomPages;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Suspicion;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.watchpoints.WatchedHeap.Region;
import org.nestwalk.lab.labs.watchpoints.WatchedHeap.Report;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Suspect;
import org.nestwalk.lab.progress.Meter;

/// A bug among events of chance: one instruction overruns an object once each period, and now and
/// then a bit of an address flips, so that a store of any instruction goes anywhere, once.
final class ReportFilter {
    /// Events of chance a period: an assumption, far above any real rate, so that there are some.
    static final double CHANCE = 0.02;

    /// Probability that an instruction has a bug before anything is known: an assumption.
    static final double PRIOR = 0.01;

    private static final int CLASS = 1;

    private final Supplier<WatchedHeap> guests;
    private final Trap trap;
    private final int periods;
    private final long seed;

    /// @param guests new ones, all the same
    ReportFilter(Supplier<WatchedHeap> guests, Trap trap, int periods, long seed) {
        this.guests = guests;
        this.trap = trap;
        this.periods = periods;
        this.seed = seed;
    }

    /// What comes of `armed` pages.
    List<Suspect> run(int armed, Meter meter) {
        try (WatchedHeap heap = guests.get();
                RotatingWatchpoints points =
                        heap.arm(armed, trap, new RandomPages(seed), Region.HEAP)) {
            double each = (double) armed / heap.pages();
            BugFilter filter = new BugFilter(PRIOR, CHANCE / HeapMap.CLASSES * each, each);
            int[] chance = new int[HeapMap.CLASSES];
            HeapProgram program = heap.program(0);
            for (int i = 0; i < periods; i++) {
                points.rotate();
                boolean isChance = heap.random().nextFraction() < CHANCE;
                int use = isChance ? (int) heap.random().nextBelow(HeapMap.CLASSES) : CLASS;
                int _ = program.plan(1);
                program.plantBad(isChance ? Suspicion.WILD : Suspicion.OVERRUN, use, heap.pages());
                long _ = heap.run(0);
                for (Report report : heap.reports()) {
                    filter.reported(report.access().instruction());
                    chance[use] += isChance ? 1 : 0;
                }
                if (!meter.add(1)) {
                    throw new EndedEarly();
                }
            }
            filter.passed(periods);
            List<Suspect> suspects = new ArrayList<>();
            for (int use = 0; use < HeapMap.CLASSES; use++) {
                long instruction = HeapProgram.store(use);
                suspects.add(
                        new Suspect(
                                instruction,
                                use == CLASS,
                                filter.reports(instruction),
                                chance[use],
                                filter.probability(instruction)));
            }
            return suspects;
        }
    }
}
