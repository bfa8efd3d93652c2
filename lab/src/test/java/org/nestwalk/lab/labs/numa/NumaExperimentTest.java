package org.nestwalk.lab.labs.numa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.numa.NumaResult.Placed;
import org.nestwalk.lab.labs.numa.NumaResult.Row;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;

/// The experiment on a sixteenth of the machine: programs and the caches beyond the first, both a
/// sixteenth as large. What memory serves is the same part of all references.
class NumaExperimentTest {
    private static final int SCALE = 16;
    private static final List<String> PROGRAMS =
            List.of(
                    "gups:footprint=2GiB,accesses=8M",
                    "btree:footprint=2GiB,fanout=6,accesses=8M",
                    "xsbench:footprint=4GiB,accesses=8M");

    private static NumaResult result;

    @BeforeAll
    static void tell() {
        result = run(options(12.0, PROGRAMS), null, 2);
    }

    private static NumaResult run(NumaOptions options, @Nullable Tenant tenant, int threads) {
        return NumaExperiment.run(Laboratory.unwatched(), scaled(), options, tenant, threads);
    }

    private static NumaOptions options(@Nullable Double overlap, List<String> programs) {
        return new NumaOptions(programs, Topology.of(4, 1.65), 5L << 30, 0, 1, 3.5, overlap, 1);
    }

    private static ProcessorModel scaled() {
        ProcessorModel model = Machines.named("cascade-lake-6252").model();
        List<CacheModel> caches =
                model.memory().caches().stream()
                        .map(cache -> cache.name().equals("L1D") ? cache : scaled(cache))
                        .toList();
        return model.with(model.memory().withCaches(caches)).withOverlap(null);
    }

    private static CacheModel scaled(CacheModel cache) {
        Geometry old = cache.geometry();
        return new CacheModel(
                cache.name(),
                new Geometry(old.entries() / SCALE, old.ways(), old.replacement()),
                cache.latencyCycles());
    }

    private static Placed gups(Placement placement) {
        return result.programs().getFirst().at(placement);
    }

    @Test
    void bothDimensionsMatterAlike() {
        assertThat(gups(Placement.LR).ratio() / gups(Placement.RL).ratio()).isBetween(0.97, 1.03);
        assertThat(gups(Placement.LRI).ratio() / gups(Placement.RLI).ratio()).isBetween(0.97, 1.03);
    }

    @Test
    void remoteTablesCostWhatTheSourceSays() {
        assertThat(gups(Placement.RR).ratio()).isBetween(1.5, 1.8);
        assertThat(gups(Placement.RRI).ratio()).isBetween(2.6, 3.3);
    }

    @Test
    void movedOrCopiedTablesCostWhatLocalOnesDo() {
        for (Row row : result.programs()) {
            assertThat(row.at(Placement.MIGRATED).ratio()).as(row.name()).isBetween(0.95, 1.03);
            assertThat(row.at(Placement.REPLICATED).ratio()).as(row.name()).isBetween(0.95, 1.03);
            assertThat(row.at(Placement.MIGRATED).remotePerWalk()).isZero();
            assertThat(row.at(Placement.REPLICATED).remotePerWalk()).isZero();
        }
    }

    @Test
    void largePagesMakePlacementNoMatter() {
        assertThat(Objects.requireNonNull(result.largePages()).at(Placement.RRI).ratio())
                .isBetween(0.98, 1.06);
    }

    @Test
    void protectingIsThreeToFiveTimesAsLongWithFourCopies() {
        ReplicationCosts.Row protect = ReplicationCosts.protect(result.costs());
        assertThat(protect.copiedEntries()).isEqualTo(3);
        assertThat(protect.ratio()).isBetween(3.0, 5.0);
        for (ReplicationCosts.Row row : result.costs()) {
            assertThat(row.cycles() / row.published()).isBetween(0.8, 1.2);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Placement.class,
            mode = Mode.EXCLUDE,
            names = {"LL", "REPLICATED"})
    void publishedRatiosAreMetWithinAFifth(Placement placement) {
        for (Row row : result.programs()) {
            double deviation = Objects.requireNonNull(row.at(placement).deviation());
            assertThat(Math.abs(deviation)).as(row.name()).isLessThan(0.2);
        }
    }

    @Test
    void gupsIsWithinAFifthWhereAccessesOverlapToo() {
        ProcessorModel overlapping =
                scaled().withOverlap(Machines.named("cascade-lake-6252").model().overlap());
        NumaOptions gups = options(null, PROGRAMS.subList(0, 1));
        NumaResult one = NumaExperiment.run(Laboratory.unwatched(), overlapping, gups, null, 2);
        for (Placed placed : one.programs().getFirst().placements()) {
            Double deviation = placed.deviation();
            if (deviation != null) {
                assertThat(Math.abs(deviation)).as(placed.placement()).isLessThan(0.2);
            }
        }
    }

    @Test
    void walksReferToTheOtherNodeOnceForEachRemoteTable() {
        Placed one = gups(Placement.LR);
        assertThat(one.measured().remoteGuestTables()).isZero();
        assertThat(one.measured().remoteSecondLevelTables())
                .isEqualTo(one.measured().secondLevelTables())
                .isPositive();
        assertThat(gups(Placement.RR).remotePerWalk() / one.remotePerWalk())
                .isCloseTo(2, within(0.05));
    }

    /// 24 CPUs, each with 12 lines under way, at 2.15 cycles a line: 620 cycles, of which 333 are
    /// the idle latency; a little less, because a CPU also has other things to do.
    @Test
    void aTenantThatSaturatesANodeMakesItsReferencesQueue() {
        Tenant.Load load = tenant(24, 110);
        assertThat(load.utilisation()).isEqualTo(1);
        assertThat(load.waitingCycles()).isBetween(200.0, 288.0);
        assertThat(load.loaded()).isCloseTo(1.65 + load.waitingCycles() / 333, within(1e-9));
        assertThat(tenant(48, 110).waitingCycles() - load.waitingCycles())
                .isCloseTo(24 * 12 * 64 * 3.7 / 110, within(1.0));
    }

    @Test
    void aTenantThatDoesNotSaturateANodeLeavesItAsItIs() {
        Tenant.Load load = tenant(4, 110);
        assertThat(load.utilisation()).isBetween(0.1, 0.9);
        assertThat(load.waitingCycles()).isZero();
        assertThat(load.loaded()).isEqualTo(1.65);
    }

    private static Tenant.Load tenant(int cpus, double bandwidth) {
        try (SimulatedMachine machine = NumaGuest.newMachine(scaled(), options(12.0, PROGRAMS))) {
            return new Tenant("stream:footprint=1GiB,accesses=1M", cpus, bandwidth)
                    .measure(machine, options(12.0, PROGRAMS));
        }
    }

    @Test
    void aProgramBesideATenantRunsUnderItsLoad() {
        NumaOptions few =
                new NumaOptions(
                        List.of("gups:footprint=256MiB,accesses=2M"),
                        Topology.of(2, 1.65),
                        2L << 30,
                        0,
                        1,
                        3.5,
                        12.0,
                        1);
        Tenant tenant = new Tenant("stream:footprint=1GiB,accesses=1M", 24, 110);
        NumaResult told = run(few, tenant, 2);
        Tenant.Load load = Objects.requireNonNull(told.tenant());
        assertThat(told.options().loaded()).isEqualTo(load.loaded()).isBetween(2.2, 2.6);
        Row row = told.programs().getFirst();
        assertThat(row.at(Placement.RRI).ratio()).isGreaterThan(row.at(Placement.RR).ratio() * 1.1);
    }

    /// Three parts of the work: one after the other, two at once, all at once.
    @Test
    void resultsDoNotDependOnThreads() {
        NumaOptions few =
                new NumaOptions(
                        List.of(
                                "gups:footprint=64MiB,accesses=1M",
                                "zipf:footprint=64MiB,accesses=1M"),
                        Topology.of(2, 2),
                        128L << 20,
                        1,
                        0,
                        3,
                        1.0,
                        7);
        NumaResult alone = run(few, null, 1);
        assertThat(alone.programs()).hasSize(2);
        for (int threads : List.of(2, 3)) {
            assertThat(run(few, null, threads)).as("%d threads", threads).isEqualTo(alone);
        }
    }

    @Test
    void effectsThatAreExpectedShow() {
        Map<String, Boolean> claims = claims(result);
        assertThat(claims)
                .containsEntry("remote-tables-cost-gups", true)
                .containsEntry("dimensions-matter-alike-to-gups", true)
                .containsEntry("data-alone-is-not-enough", true)
                .containsEntry("moved-or-copied-tables-are-local-ones", true)
                .containsEntry("large-pages-make-it-matter-little", true)
                .containsEntry("published-effects-show", true);
        // Walks are made one after the other, so that translation takes more than it does.
        assertThat(claims).containsEntry("translation-takes-its-share", false);
    }

    @Test
    void remoteMemoryThatIsAsFastAsLocalHasNoEffects() {
        NumaOptions equal =
                new NumaOptions(
                        List.of("sequential:footprint=64MiB,accesses=1M"),
                        Topology.of(2, 1),
                        128L << 20,
                        0,
                        1,
                        1,
                        12.0,
                        1);
        NumaResult told = run(equal, null, 2);
        assertThat(told.programs().getFirst().placements())
                .allSatisfy(placed -> assertThat(placed.ratio()).isCloseTo(1, within(0.001)));
        assertThat(claims(told))
                .containsEntry("remote-tables-cost-sequential", false)
                .containsEntry("data-alone-is-not-enough", false)
                .doesNotContainKey("dimensions-matter-alike-to-sequential");
    }

    private static Map<String, Boolean> claims(NumaResult of) {
        return new NumaExperiment()
                .document(of).claims().stream()
                        .filter(Claim::isExpectation)
                        .collect(Collectors.toMap(Claim::name, Claim::held));
    }

    /// A fifth of the accesses is measured; there is a pass before six stretches of 1.4 passes.
    @Test
    void aRunThatIsEndedHasTheProgramsThatWereFinished() {
        NumaOptions few =
                new NumaOptions(
                        List.of(
                                "gups:footprint=64MiB,accesses=1M",
                                "zipf:footprint=64MiB,accesses=8M"),
                        Topology.of(2, 2),
                        128L << 20,
                        0,
                        1,
                        3,
                        12.0,
                        1);
        NumaResult whole = run(few, null, 2);
        long first = 47 * whole.programs().getFirst().at(Placement.LL).measured().accesses();
        Laboratory laboratory = Laboratory.watchedBy(event -> event.done() < first + 1_000);
        NumaResult ended = NumaExperiment.run(laboratory, scaled(), few, null, 1);
        assertThat(laboratory.isEnded()).isTrue();
        assertThat(ended.programs()).isEqualTo(whole.programs().subList(0, 1));
        assertThat(ended.largePages()).isNull();
        assertThat(OneLine.of(new NumaExperiment().document(ended)))
                .contains("gups")
                .doesNotContain("zipf", "2M pages");
    }

    /// What was measured first found caches colder than what was measured next, so that remote
    /// tables seemed to be faster than local ones.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "graph-bfs:footprint=1GiB,accesses=8M",
                "hash-join:footprint=1GiB,accesses=8M",
                "zipf:footprint=1GiB,accesses=8M"
            })
    void slowerMemoryIsNotFasterWithLargePages(String program) {
        NumaResult told = run(one(program), null, 2);
        assertThat(Objects.requireNonNull(told.largePages()).at(Placement.RRI).ratio())
                .isGreaterThan(0.995);
    }

    private static NumaOptions one(String program) {
        return new NumaOptions(
                List.of(program), Topology.of(2, 1.65), 3L << 30, 0, 1, 3.5, 12.0, 1);
    }

    /// 8 bytes for each 4 KiB in two dimensions, and a last-level cache of 2.2 MiB: 572 MiB.
    @ParameterizedTest
    @CsvSource({
        "gups:footprint=512MiB, false",
        "gups:footprint=640MiB, true",
        "btree:footprint=64MiB, false",
        "xsbench:footprint=16MiB, false"
    })
    void publishedFiguresStandBesideProgramsWhoseTablesAreLargerThanTheCache(
            String program, boolean comparable) {
        NumaResult told = run(one(program + ",accesses=8M"), null, 2);
        Row row = told.programs().getFirst();
        assertThat(row.comparable()).isEqualTo(comparable);
        assertThat(row.at(Placement.RR).published() != null).isEqualTo(comparable);
        assertThat(row.at(Placement.RR).deviation() != null).isEqualTo(comparable);
    }

    @Test
    void progressEndsWithAllOfATotal() {
        List<Long> left = new ArrayList<>();
        NumaExperiment.run(
                Laboratory.watchedBy(event -> {
                    left.add(event.total().orElseThrow() - event.done());
                    return true;
                }),
                scaled(),
                one("gups:footprint=64MiB,accesses=1M"),
                null,
                1);
        assertThat(left).hasSizeGreaterThan(20).last().isEqualTo(0L);
        assertThat(left.getFirst()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "2GiB, 8M, 1, node 0 has 1GiB of memory",
        "2GiB, 10k, 4, 'program gups: its 10,000 accesses are too few'"
    })
    void aProgramThatCannotBeMeasuredIsRefused(
            String footprint, String accesses, int nodeGiB, String problem) {
        String program = "gups:footprint=" + footprint + ",accesses=" + accesses;
        NumaOptions options =
                new NumaOptions(
                        List.of(program), Topology.of(2, 2), (long) nodeGiB << 30, 0, 1, 3, 1.0, 7);
        assertThatThrownBy(() -> run(options, null, 2))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void rowsOfOneProgramHaveNamesOfTheirOwn() {
        NumaOptions options =
                new NumaOptions(
                        List.of(
                                "gups:footprint=64MiB,accesses=600k",
                                "gups:footprint=128MiB,accesses=600k"),
                        Topology.of(2, 2),
                        1L << 30,
                        0,
                        1,
                        3,
                        1.0,
                        7);
        NumaResult told = run(options, null, 2);
        assertThat(told.programs()).extracting(Row::name).containsExactly("gups#1", "gups#2");
        assertThat(Objects.requireNonNull(told.largePages()).name()).isEqualTo("gups#1");
        assertThat(new NumaExperiment().document(told).claims())
                .filteredOn(Claim::isExpectation)
                .extracting(Claim::name)
                .doesNotHaveDuplicates()
                .contains("remote-tables-cost-gups#1", "remote-tables-cost-gups#2");
    }
}
