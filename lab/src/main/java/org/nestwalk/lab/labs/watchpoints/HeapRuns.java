package org.nestwalk.lab.labs.watchpoints;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.watchpoints.Chances;
import org.nestwalk.hypervisor.watchpoints.PageChoice;
import org.nestwalk.hypervisor.watchpoints.PagesInTurn;
import org.nestwalk.hypervisor.watchpoints.RandomPages;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Suspicion;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.hypervisor.watchpoints.WatchedAccess;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.labs.channel.estimate.BinomialInterval;
import org.nestwalk.lab.labs.watchpoints.WatchedHeap.Region;
import org.nestwalk.lab.labs.watchpoints.WatchedHeap.Report;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Detection;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Fleet;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Periodic;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.random.SplitMix64;

/// Runs that look for bugs: each rotates before each bad access, until one is seen or all are made.
final class HeapRuns {
    static final double OUTSIDE = 0.01;

    private static final int CLASS = 2;
    private static final int MOST_PERIODIC = 100;
    private static final int LEAST_PERIODIC = 10;

    // The rotations of one run go with the square of how long a cycle is.
    private static final int LONGEST_CYCLE = 16;
    private static final int FEW_PAGES = 1024;

    private static final int[] FLEETS = {1, 10, 100};

    private final Supplier<WatchedHeap> guests;
    private final int pages;
    private final Trap trap;
    private final int runs;
    private final int badAccesses;
    private final int accesses;
    private final long seed;
    private boolean right = true;

    /// @param guests new ones, all the same
    /// @param pages of their heaps
    /// @param accesses of each CPU between two rotations
    HeapRuns(
            Supplier<WatchedHeap> guests,
            int pages,
            Trap trap,
            int runs,
            int badAccesses,
            int accesses,
            long seed) {
        this.guests = guests;
        this.pages = pages;
        this.trap = trap;
        this.runs = runs;
        this.badAccesses = badAccesses;
        this.accesses = accesses;
        this.seed = seed;
    }

    /// Whether all guests so far have loaded what their twins say.
    boolean isRight() {
        return right;
    }

    /// The runs of one kind, and which of them saw the bug.
    record Outcome(Detection detection, BitSet seen) {
        /// What fleets of these machines see, each run being one machine's.
        List<Fleet> fleets(double each, int badAccesses) {
            List<Fleet> fleets = new ArrayList<>();
            for (int machines : FLEETS) {
                int count = detection.runs() / machines;
                int found = 0;
                for (int i = 0; i < count; i++) {
                    int next = seen.nextSetBit(i * machines);
                    found += next >= 0 && next < (i + 1) * machines ? 1 : 0;
                }
                if (count > 0) {
                    fleets.add(
                            new Fleet(
                                    detection.armed(),
                                    machines,
                                    count,
                                    found,
                                    Chances.seen(each, (double) machines * badAccesses)));
                }
            }
            return fleets;
        }
    }

    /// Runs with a bug of a kind; of none, in which everything is legitimate.
    Outcome detect(Suspicion bug, int armed, Meter meter) {
        BitSet seen = new BitSet();
        Tally tally = new Tally(bug);
        try (WatchedHeap heap = guests.get()) {
            PageChoice choice =
                    new RandomPages(SplitMix64.hash(seed + armed, bug.label().hashCode()));
            try (RotatingWatchpoints points = heap.arm(armed, trap, choice, Region.HEAP)) {
                for (int run = 0; run < runs; run++) {
                    for (int i = 0; i < badAccesses && !seen.get(run); i++) {
                        points.rotate();
                        if (period(heap, tally, meter)) {
                            seen.set(run);
                        }
                    }
                }
            }
            right &= heap.isRight();
        }
        double each = bug == Suspicion.NONE ? 0 : (double) armed / pages;
        return outcome(tally, armed, seen, Chances.seen(each, badAccesses));
    }

    private Outcome outcome(Tally tally, int armed, BitSet seen, double expected) {
        BinomialInterval chance = BinomialInterval.of(runs, expected, OUTSIDE);
        return new Outcome(
                new Detection(
                        tally.bug.label(),
                        armed,
                        runs,
                        seen.cardinality(),
                        expected,
                        chance.low(),
                        chance.high(),
                        tally.exact,
                        tally.named,
                        tally.wrong),
                seen);
    }

    /// One period of all CPUs, the first of which has the bug. Returns whether it was reported.
    private boolean period(WatchedHeap heap, Tally tally, Meter meter) {
        heap.change();
        boolean found = false;
        for (int cpu = 0; cpu < heap.cpus(); cpu++) {
            int _ = heap.program(cpu).plan(accesses);
            if (cpu == 0 && tally.bug != Suspicion.NONE) {
                heap.program(cpu).plantBad(tally.bug, CLASS, heap.pages());
            }
            WatchedAccess truth = heap.truth(cpu);
            long _ = heap.run(cpu);
            found |= tally.count(heap.reports(), truth);
        }
        if (!meter.add((long) accesses * heap.cpus())) {
            throw new EndedEarly();
        }
        return found;
    }

    /// Counts reports against the truth.
    private static final class Tally {
        private final Suspicion bug;
        private int exact;
        private int named;
        private int wrong;

        Tally(Suspicion bug) {
            this.bug = bug;
        }

        boolean count(List<Report> reports, @Nullable WatchedAccess truth) {
            boolean found = false;
            for (Report report : reports) {
                boolean isBad = truth != null && report.access().cursor() == truth.cursor();
                wrong += isBad ? 0 : 1;
                exact += report.access().equals(truth) ? 1 : 0;
                named += isBad && report.suspicion() == bug ? 1 : 0;
                found |= isBad;
            }
            return found;
        }
    }

    /// Runs with a bug that hits one page, once in as many rotations as all pages take in turn, of
    /// `asked` armed pages or as many more as let all pages have had their turn soon; the fewer,
    /// the larger the heap is.
    Periodic periodic(boolean inTurn, int asked, Meter meter) {
        int found = 0;
        int armed = Math.max(asked, Math.ceilDiv(pages, LONGEST_CYCLE));
        int most = MOST_PERIODIC * FEW_PAGES / Math.max(FEW_PAGES, pages);
        int runs = Math.min(this.runs, Math.max(LEAST_PERIODIC, most));
        try (WatchedHeap heap = guests.get()) {
            int cycle = Math.max(1, heap.pages() / armed);
            int bad = 2 * cycle;
            for (int run = 0; run < runs; run++) {
                PageChoice choice = inTurn ? new PagesInTurn() : new RandomPages(seed + run);
                try (RotatingWatchpoints points = heap.arm(armed, trap, choice, Region.HEAP)) {
                    int page = (int) heap.random().nextBelow(heap.pages());
                    found += isSeen(heap, points, cycle, bad, page, meter) ? 1 : 0;
                }
            }
            right &= heap.isRight();
            return new Periodic(
                    inTurn ? "in turn" : "random",
                    armed,
                    runs,
                    bad,
                    found,
                    Chances.seen((double) armed / heap.pages(), bad));
        }
    }

    /// Whether a bug that hits `page` once in `cycle` rotations is seen.
    private static boolean isSeen(
            WatchedHeap heap,
            RotatingWatchpoints points,
            int cycle,
            int bad,
            int page,
            Meter meter) {
        for (int i = 0; i < bad; i++) {
            for (int rotation = 0; rotation < cycle; rotation++) {
                points.rotate();
            }
            int _ = heap.program(0).plan(0);
            heap.program(0).plantBadAt(Suspicion.OVERRUN, CLASS, page);
            long _ = heap.run(0);
            if (!meter.add(1)) {
                throw new EndedEarly();
            }
            if (!heap.reports().isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
