package org.nestwalk.lab.labs.intrusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rewrite;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Row;
import org.nestwalk.parameter.Arguments;

/// What is promised of detectors, on fewer runs than the experiment's own.
class IntrusionAcceptanceTest {
    private static IntrusionResult run(String seed) {
        boolean all = Boolean.getBoolean("nestwalk.long");
        IntrusionExperiment experiment = new IntrusionExperiment();
        Map<String, List<String>> given =
                Map.of(
                        "program", List.of("btree:footprint=6MiB"),
                        "training", List.of(all ? "150" : "40"),
                        "clean", List.of(all ? "40" : "10"),
                        "attacks", List.of(all ? "24" : "4"),
                        "quanta", List.of("300"),
                        "seed", List.of(seed));
        return experiment.run(
                Laboratory.unwatched(), Arguments.of(experiment.spec().all(), given, name -> name));
    }

    @Test
    void freshPagesAreFoundAndRewrittenOnesAreNot() {
        IntrusionResult result = run("11");
        Map<String, Double> best =
                result.rows().stream().collect(Collectors.toMap(Row::attack, Row::area, Math::max));
        for (Intrusion kind : Intrusion.values()) {
            if (kind.writesFresh()) {
                assertThat(best.get(kind.label())).as(kind.label()).isGreaterThan(0.95);
            } else {
                assertThat(best.get(kind.label())).as(kind.label()).isLessThan(0.75);
            }
        }
        // Of attacks that write a page once, whoever finds one finds it in the period of the
        // attack.
        assertThat(result.rows())
                .filteredOn(row ->
                        row.attack().equals(Intrusion.HOOK.label())
                                && row.detector().equals("never written"))
                .singleElement()
                .satisfies(row ->
                        assertThat(row.delay())
                                .isNotNull()
                                .extracting(IntrusionResult.Delay::median)
                                .satisfies(median ->
                                        assertThat(median).isLessThanOrEqualTo(1_000_000)));
        assertThat(result.rates())
                .allSatisfy(rate -> assertThat(rate.mostAnHour()).isGreaterThan(rate.anHour()));
    }

    @Test
    void aPageThatStaysDirtyIsSeenOnceHoweverOftenItIsWritten() {
        List<Rewrite> rewrites = run("12").rewrites();
        Rewrite kept = rewrites.getLast();
        assertThat(kept.way()).endsWith("kept");
        assertThat(kept.stores()).isGreaterThan(100);
        assertThat(kept.seen()).isEqualTo(1);
        assertThat(rewrites)
                .filteredOn(one -> !one.way().endsWith("kept"))
                .allSatisfy(one -> assertThat(one.seen()).isEqualTo(one.samples()).isPositive());
    }

    // A join writes other pages early in a run than late, so attacks have to be compared with
    // windows that are as early.
    @Test
    void whoCannotSeeAnAttackDoesNoBetterThanGuessing() {
        IntrusionExperiment experiment = new IntrusionExperiment();
        Map<String, List<String>> given =
                Map.of(
                        "program", List.of("hash-join:footprint=4MiB"),
                        "training", List.of("10"),
                        "clean", List.of("6"),
                        "attacks", List.of("2"),
                        "quanta", List.of("1"));
        IntrusionResult result =
                experiment.run(
                        Laboratory.unwatched(),
                        Arguments.of(experiment.spec().all(), given, name -> name));
        assertThat(result.rows())
                .filteredOn(row ->
                        row.attack().equals(Intrusion.DATA_ONLY.label())
                                && !row.detector().equals("change of the set"))
                .hasSize(3)
                .allSatisfy(row -> assertThat(row.area()).as(row.detector()).isEqualTo(0.5));
    }
}
