package org.nestwalk.lab.labs.watchpoints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.Quantities;
import org.nestwalk.document.Document;
import org.nestwalk.hypervisor.watchpoints.Suspicion;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.watchpoints.WatchedHeap.Load;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Cost;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Fleet;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Periodic;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// Bugs of a guest's program found from below by a few watchpoints that rotate over its heap.
public final class WatchpointsExperiment implements Experiment<WatchpointsResult> {
    private static final String SIMULATED = "sim";
    private static final String ON = "on";
    private static final String PAGES = "pages";
    private static final String ARMED = "armed";
    private static final String TRAP = "trap";
    private static final String BUG = "bug";
    private static final String BAD = "bad";
    private static final String RUNS = "runs";
    private static final String CPUS = "vcpus";
    private static final String ACCESSES = "accesses";
    private static final String PERIODS = "periods";
    private static final String SKEW = "skew";
    private static final String SEED = "seed";
    private static final double STORES = 0.5;

    // So that an armed page has some.
    private static final int ACCESSES_OF_COSTS = 16;

    private static final long UNIT = 4L << 20;

    private static final Spec SPEC =
            new Spec(
                    "watchpoints",
                    "Watchpoints that rotate over a guest's heap, and bugs that they see.",
                    VmRun.BLOCKING_MODEL
                            + "; programs have no text, so each access has the address that its"
                            + " instruction would have; the hypervisor reads the allocator's"
                            + " metadata; on KVM all times are measured",
                    null,
                    List.of(
                            Parameter.choice(ON, "what it runs on", SIMULATED, "kvm"),
                            Machines.parameter("skylake-sp").onlyWith(ON, SIMULATED),
                            Parameter.count(PAGES, "of 4KiB that the heap has", 1024, 16, 1 << 18),
                            Parameter.of(
                                            ARMED,
                                            "pages that are armed at a time",
                                            new Domain.Count(1, 1 << 18),
                                            "1")
                                    .by("1", "4", "16", "64")
                                    .several(),
                            Parameter.choice(
                                    TRAP,
                                    "which accesses to an armed page are seen",
                                    Trap.WRITES.label(),
                                    Trap.ALL.label()),
                            Parameter.of(
                                            BUG,
                                            "what kind of bad store the program makes",
                                            new Domain.Choice(bugs()),
                                            bugs().getFirst())
                                    .by(bugs().toArray(String[]::new))
                                    .several(),
                            Parameter.count(
                                    BAD,
                                    "stores of a run, one after each rotation",
                                    32,
                                    1,
                                    100_000),
                            Parameter.count(RUNS, "of each bug and number", 300, 1, 1_000_000),
                            Parameter.count(CPUS, "of the guest", 2, 1, HeapMap.MOST_CPUS),
                            Parameter.count(
                                    ACCESSES, "of each CPU between rotations", 8, 1, 100_000),
                            Parameter.count(
                                    PERIODS,
                                    "rotations of what costs and times are taken from",
                                    500,
                                    1,
                                    1_000_000),
                            Parameter.number(
                                    SKEW,
                                    "exponent of the Zipf distribution of accesses over pages",
                                    0.8,
                                    0,
                                    4),
                            Parameter.seed("of heap, accesses and rotation")));

    private static List<String> bugs() {
        return Arrays.stream(Suspicion.values())
                .filter(kind -> kind != Suspicion.NONE)
                .map(WatchpointsExperiment::word)
                .toList();
    }

    /// The name of a bug in the options.
    private static String word(Suspicion kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Spec spec() {
        return SPEC;
    }

    /// Guests of a run, and what they run on.
    private record Guests(Arguments given, @Nullable ProcessorModel model) {
        int pages() {
            return given.whole(PAGES);
        }

        Supplier<WatchedHeap> of(Load load) {
            return () ->
                    model == null
                            ? new WatchedHeap(
                                    KvmMachine.open(KvmSettings.WATCHED),
                                    HeapClock.measured(),
                                    load,
                                    given.seed(SEED))
                            : new WatchedHeap(
                                    simulated(model),
                                    HeapClock.simulated(model.costs().accessCycles()),
                                    load,
                                    given.seed(SEED));
        }

        private SimulatedMachine simulated(ProcessorModel model) {
            long memory = WatchedHeap.memoryFor(pages());
            return new SimulatedMachine(
                    SimulatedSettings.of(model, memory + memory / 16 + 4 * UNIT & -UNIT));
        }
    }

    @Override
    public WatchpointsResult run(Laboratory laboratory, Arguments given) {
        boolean simulated = given.text(ON).equals(SIMULATED);
        ProcessorModel model = simulated ? Timing.blocking(given) : null;
        Guests guests = new Guests(given, model);
        List<Suspicion> bugs =
                Arrays.stream(Suspicion.values())
                        .filter(kind -> given.texts(BUG).contains(word(kind)))
                        .toList();
        List<Integer> armed =
                given.texts(ARMED).stream()
                        .map(text -> Math.toIntExact(Quantities.count(text, ARMED)))
                        .distinct()
                        .sorted()
                        .toList();
        check(given, bugs, armed);
        int pages = given.whole(PAGES);
        int cpus = given.whole(CPUS);
        Load load = new Load(pages, cpus, given.number(SKEW), List.of(STORES));
        Trap trap = Trap.of(given.text(TRAP));
        long seed = given.seed(SEED);
        int most = armed.getLast();
        HeapRuns runs =
                new HeapRuns(
                        guests.of(load),
                        pages,
                        trap,
                        given.whole(RUNS),
                        given.whole(BAD),
                        given.whole(ACCESSES),
                        seed);
        HeapCosts costs =
                new HeapCosts(
                        guests.of(load),
                        trap,
                        given.whole(PERIODS),
                        given.whole(ACCESSES) * ACCESSES_OF_COSTS,
                        seed);
        Parts parts = new Parts();
        List<Function<Meter, Boolean>> work = new ArrayList<>();
        for (int count : armed) {
            work.add(meter -> parts.detections.add(runs.detect(Suspicion.NONE, count, meter)));
        }
        for (Suspicion bug : bugs) {
            for (int count : armed) {
                work.add(meter -> parts.detections.add(runs.detect(bug, count, meter)));
            }
        }
        work.add(meter -> parts.periodic.add(runs.periodic(false, most, meter)));
        work.add(meter -> parts.periodic.add(runs.periodic(true, most, meter)));
        work.add(meter -> parts.addCosts(costs, armed, pages, meter));
        work.add(meter ->
                parts.suspects.addAll(
                        new ReportFilter(guests.of(load), trap, given.whole(PERIODS) * 4, seed)
                                .run(most, meter)));
        if (simulated) {
            Load pair = new Load(pages, 2, given.number(SKEW), List.of(1.0, 0.0));
            TimingControl control =
                    new TimingControl(guests.of(pair), given.whole(PERIODS), 100, seed);
            for (int count : armed.stream().filter(count -> count <= pages / 2).toList()) {
                work.add(meter -> parts.timings.add(control.compare(count, meter)));
            }
        }
        List<Boolean> _ = laboratory.inOrder(work);
        return new WatchpointsResult(
                model == null ? null : model.name(),
                model == null ? "ns" : "cycles",
                pages,
                cpus,
                trap.label(),
                given.whole(BAD),
                parts.detections.stream().map(HeapRuns.Outcome::detection).toList(),
                parts.periodic,
                parts.fleets(pages, given.whole(BAD)),
                parts.accessCost,
                parts.costs,
                parts.suspects,
                simulated ? parts.timings : null,
                runs.isRight());
    }

    private static void check(Arguments given, List<Suspicion> bugs, List<Integer> armed) {
        if (armed.getLast() > given.whole(PAGES)) {
            throw given.bad(
                    ARMED,
                    "%d armed pages of a heap of %d; at most all of them can be armed"
                            .formatted(armed.getLast(), given.whole(PAGES)));
        }
        if (bugs.contains(Suspicion.RACE) && given.whole(CPUS) < 2) {
            throw given.bad(BUG, "a race takes a second CPU; give the guest 2 or more");
        }
        if (given.text(TRAP).equals(Trap.ALL.label()) && !given.text(ON).equals(SIMULATED)) {
            throw given.bad(
                    TRAP,
                    "KVM lets a hypervisor withhold the right to write from a page that stays"
                            + " mapped, and no other; use writes");
        }
    }

    /// What the parts of a run come to.
    private static final class Parts {
        private final List<HeapRuns.Outcome> detections = new ArrayList<>();
        private final List<Periodic> periodic = new ArrayList<>();
        private final List<Cost> costs = new ArrayList<>();
        private final List<WatchpointsResult.Suspect> suspects = new ArrayList<>();
        private final List<WatchpointsResult.Timing> timings = new ArrayList<>();
        private double accessCost;

        boolean addCosts(HeapCosts from, List<Integer> armed, int pages, Meter meter) {
            accessCost = from.accessCost(pages, meter);
            for (int count : armed) {
                costs.add(from.cost(false, count, pages, accessCost, meter));
                costs.add(from.cost(true, count, pages, accessCost, meter));
            }
            return true;
        }

        /// Of the first kind of bug.
        List<Fleet> fleets(int pages, int bad) {
            String first =
                    detections.stream()
                            .map(one -> one.detection().bug())
                            .filter(bug -> !bug.equals(Suspicion.NONE.label()))
                            .findFirst()
                            .orElse("");
            return detections.stream()
                    .filter(one -> one.detection().bug().equals(first))
                    .flatMap(one ->
                            one.fleets((double) one.detection().armed() / pages, bad).stream())
                    .toList();
        }
    }

    @Override
    public Document document(WatchpointsResult result) {
        return WatchpointsDocument.of(result);
    }

    @Override
    public boolean isFlawless(WatchpointsResult result) {
        return result.loadsRight();
    }
}
