package org.nestwalk.lab.labs.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.curve.CurveResult.Point;
import org.nestwalk.lab.labs.curve.CurveResult.SetupCurve;
import org.nestwalk.lab.labs.run.RunExperiment;
import org.nestwalk.lab.labs.run.SetupReport;
import org.nestwalk.parameter.Arguments;

class CurveExperimentTest {
    private static final String PROGRAM = "zipf:footprint=32MiB,accesses=40000,writes=0.2";

    private static <R> R run(Experiment<R> experiment, String... words) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        given.put("program", List.of(PROGRAM));
        for (String word : words) {
            String[] parts = word.split("=", 2);
            given.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(parts[1]);
        }
        Arguments arguments =
                Arguments.of(experiment.spec().all(), given, UnaryOperator.identity());
        return experiment.run(Laboratory.unwatched(), arguments);
    }

    private static CurveResult curve(String... words) {
        return run(new CurveExperiment(), words);
    }

    /// What a sweep has, one run a size.
    @ParameterizedTest
    @CsvSource({
        "skylake-sp, 512, 4",
        "skylake-sp, 4096, 8",
        "zen4, 64, 64",
        "opteron-2008, 1024, 1"
    })
    void pointsAreRunsOfAChangedMachine(String machine, int entries, int ways) {
        CurveResult curve =
                curve("machine=" + machine, "setups=nested:4K/4K", "simulate=none", "warmup=5k");
        List<SetupReport> run =
                run(
                                new RunExperiment(),
                                "machine=%s:tlb.l2.entries=%d,tlb.l2.ways=%d"
                                        .formatted(machine, entries, ways),
                                "setups=nested:4K/4K",
                                "warmup=5k")
                        .runs()
                        .getFirst()
                        .setups();
        Point point =
                curve.setups().getFirst().points().stream()
                        .filter(one -> one.entries() == entries && one.ways() == ways)
                        .findFirst()
                        .orElseThrow();
        assertThat(point.misses()).isEqualTo(run.getFirst().l2Misses());
        assertThat(curve.accesses()).isEqualTo(run.getFirst().accesses());
    }

    @Test
    void simulatedSizesHaveTheMissesOfTheCurveAndCyclesOfTheirOwn() {
        CurveResult curve = curve("simulate=64x4", "simulate=100x5", "simulate=2048xall");
        assertThat(curve.setups()).hasSize(4);
        for (SetupCurve setup : curve.setups()) {
            assertThat(setup.simulated()).hasSize(4);
            assertThat(setup.simulated())
                    .allSatisfy(one -> assertThat(one.misses()).isEqualTo(one.point().misses()));
            assertThat(setup.own().deviation()).isCloseTo(0, within(1e-6));
            assertThat(setup.machines()).isNotEmpty();
        }
        SetupCurve small = curve.setups().getFirst();
        assertThat(small.simulated().get(1).cycles()).isNotEqualTo(small.own().cycles());
        assertThat(small.simulated().get(1).deviation()).isNotZero();
    }

    @Test
    void threadsDoNotShow() {
        assertThat(curve("threads=1")).isEqualTo(curve("threads=4"));
    }

    @Test
    void everySetupWithTheSamePagesFollowsTheSameOfThem() {
        CurveResult curve =
                curve(
                        "sample-rate=0.3",
                        "setups=native:4K",
                        "setups=nested:4K/4K",
                        "simulate=none");
        SetupCurve one = curve.setups().getFirst();
        assertThat(one.points()).isEqualTo(one.full()).hasSize(13);
        assertThat(curve.setups().getLast().points().stream().map(Point::misses).toList())
                .isEqualTo(one.points().stream().map(Point::misses).toList());
        SetupCurve exact = curve("setups=native:4K", "simulate=none").setups().getFirst();
        assertThat((double) one.full().get(7).misses() / exact.full().get(7).misses())
                .isCloseTo(1, within(0.05));
    }

    @ParameterizedTest
    @CsvSource({
        "simulate=12, is no size of a TLB",
        "simulate=12x5, the ways must divide the entries",
        "simulate=0x1, a TLB of a curve has 1 to 65536 entries",
        "simulate=99999x1, a TLB of a curve has 1 to 65536 entries",
        "sample-rate=0, is not",
        "sample-pages=3, is not",
        "sample-estimate=plain, is for samples; give sample-rate or sample-pages",
        "machine=zen5:tlb.l2.replacement=LFU, under LFU"
    })
    void whatCannotBeAskedIsRefused(String word, String why) {
        assertThatThrownBy(() -> curve(word))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(why);
    }
}
