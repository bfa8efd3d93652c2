package org.nestwalk.lab.labs.watchpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.Programs;
import org.nestwalk.hypervisor.watchpoints.PageChoice;
import org.nestwalk.hypervisor.watchpoints.RandomPages;
import org.nestwalk.hypervisor.watchpoints.RotatingWatchpoints;
import org.nestwalk.hypervisor.watchpoints.Suspicion;
import org.nestwalk.hypervisor.watchpoints.Trap;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.watchpoints.WatchedHeap.Load;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Cost;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Detection;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Periodic;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Suspect;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Timing;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;

/// What is promised of rotating watchpoints.
class WatchpointsAcceptanceTest {
    private static final int PAGES = 1_024;
    private static final int RUNS = 1_000;
    private static final int BAD = 32;
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");

    private static Meter meter() {
        return new Meter(ProgressListener.NONE, 1);
    }

    private static Supplier<WatchedHeap> guests(
            int pages, int cpus, double skew, double... stores) {
        ProcessorModel model = Machines.named("skylake-sp").model();
        long memory = WatchedHeap.memoryFor(pages);
        List<Double> parts = Arrays.stream(stores).boxed().toList();
        return () ->
                new WatchedHeap(
                        new SimulatedMachine(
                                SimulatedSettings.of(
                                        model, memory + memory / 16 + (16L << 20) & -(4L << 20))),
                        HeapClock.simulated(model.costs().accessCycles()),
                        new Load(pages, cpus, skew, parts),
                        7);
    }

    private static HeapRuns runs(int pages, int cpus, Trap trap, int runs) {
        return new HeapRuns(guests(pages, cpus, 0.8, 0.5), pages, trap, runs, BAD, 2, 11);
    }

    @ParameterizedTest
    @CsvSource({"64, WILD", "16, FREED", "4, OVERRUN", "1, RACE"})
    void bugsAreSeenAsOftenAsChanceSaysAndReportedExactly(int armed, Suspicion bug) {
        HeapRuns runs = runs(PAGES, 2, Trap.WRITES, RUNS);
        Detection found = runs.detect(bug, armed, meter()).detection();
        assertThat(found.seen()).isBetween((int) found.least(), (int) found.most());
        assertThat(found.exact()).isEqualTo(found.seen());
        assertThat(found.falseReports()).isZero();
        assertThat(runs.isRight()).isTrue();
    }

    // With one page of 1,024 a bug in step with it would take two million rotations a run.
    @Test
    void aBugInStepWithTheRotationIsLookedForWithEnoughPagesToComeToAnEnd() {
        for (boolean inTurn : new boolean[] {false, true}) {
            Periodic found = runs(PAGES, 2, Trap.WRITES, 1).periodic(inTurn, 1, meter());
            assertThat(found.armed()).isEqualTo(64);
            assertThat(found.badAccesses()).isEqualTo(32);
            assertThat(found.runs()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void cleanRunsReportNothingWhateverIsTrapped(int cpus) {
        for (Trap trap : Trap.values()) {
            HeapRuns runs = runs(64, cpus, trap, LONG ? 200 : 20);
            Detection found = runs.detect(Suspicion.NONE, 16, meter()).detection();
            assertThat(found.falseReports()).isZero();
            assertThat(runs.isRight()).isTrue();
        }
    }

    @Test
    void aBugOfEveryKindIsNamed() {
        for (Suspicion bug : Suspicion.values()) {
            if (bug != Suspicion.NONE) {
                Detection found = runs(64, 4, Trap.ALL, 50).detect(bug, 32, meter()).detection();
                assertThat(found.seen()).isEqualTo(50);
                assertThat(found.exact()).isEqualTo(50);
                assertThat(found.named()).as(bug.label()).isGreaterThan(30);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void noProgramAccessesWhatItHasNoRightTo(int cpus) {
        for (Program each : Programs.all()) {
            if (!each.makesCalls()) {
                for (Trap trap : Trap.values()) {
                    CleanProgram.run(each.name(), cpus, trap, 3);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64})
    void costIsPagesTimesAccessesTimesTheCostOfOne(int armed) {
        HeapCosts costs = new HeapCosts(guests(PAGES, 2, 0.8, 0.5), Trap.WRITES, 400, 100, 3);
        double each = costs.accessCost(PAGES, meter());
        Cost cost = costs.cost(false, armed, PAGES, each, meter());
        assertThat(cost.time()).isCloseTo(Math.round(cost.predictedTime()), within(cost, 0.1));
        Cost cold = costs.cost(true, armed, PAGES, each, meter());
        assertThat(cold.accesses()).isLessThan(cost.accesses() * 9 / 10);
        assertThat(cold.coverage()).isEqualTo(cost.coverage());
        assertThat(cold.hotCoverage()).isLessThan(cost.hotCoverage());
    }

    private static Offset<Long> within(Cost cost, double part) {
        return Offset.offset((long) (cost.predictedTime() * part));
    }

    @Test
    void theFilterTellsABugFromEventsOfChance() {
        for (int seed = 0; seed < 3; seed++) {
            List<Suspect> suspects =
                    new ReportFilter(guests(256, 1, 0, 0.5), Trap.WRITES, 1_500, seed)
                            .run(16, meter());
            for (Suspect one : suspects) {
                assertThat(one.probability() > 0.95).isEqualTo(one.bug());
                assertThat(one.probability() < 0.5).isEqualTo(!one.bug());
            }
            assertThat(suspects.stream().mapToInt(Suspect::chanceReports).sum()).isPositive();
        }
    }

    @Test
    void dummyTrapsShowThatTimeHidesABug() {
        Timing timing = new TimingControl(guests(256, 2, 0, 1, 0), 300, 50, 1).compare(32, meter());
        assertThat(timing.untrapped()).isGreaterThan(200);
        assertThat(timing.dummy()).isLessThan(timing.untrapped() / 3);
        assertThat(timing.trapped()).isLessThan(timing.untrapped() / 3);
    }

    @Test
    void pagesInTurnMissWhatComesInStep() {
        HeapRuns runs = runs(64, 1, Trap.WRITES, 60);
        assertThat(runs.periodic(true, 4, meter()).seen()).isLessThan(12);
        assertThat(runs.periodic(false, 4, meter()).seen()).isGreaterThan(40);
    }

    @Test
    void roundNumbersOfArmedPagesAreNumbers() {
        WatchpointsExperiment experiment = new WatchpointsExperiment();
        Arguments given =
                Arguments.of(
                        experiment.spec().all(),
                        Map.of("armed", List.of("2000")),
                        UnaryOperator.identity());
        assertThatThrownBy(() -> experiment.run(Laboratory.unwatched(), given))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("2000 armed pages of a heap of 1024");
    }

    @Test
    void moreTrapsThanPagesAndPagesThatAreNotThereAreRefused() {
        try (WatchedHeap heap = guests(16, 1, 0, 0.5).get()) {
            PageChoice choice = new RandomPages(1);
            assertThatThrownBy(() -> heap.arm(17, Trap.ALL, choice, WatchedHeap.Region.HEAP))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("17 watchpoint(s) on 16 page(s)");
            PageSet outside = new PageSet();
            outside.add(heap.guest().vm().settings().memoryBytes(), 8192);
            assertThatThrownBy(() ->
                            RotatingWatchpoints.open(
                                    heap.guest().vm(),
                                    outside,
                                    1,
                                    Trap.ALL,
                                    choice,
                                    _ -> 0,
                                    _ -> {}))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("2 of the pages to watch are outside");
        }
    }
}
