package org.nestwalk.lab.labs.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.fidelity.FidelityResult.Ablated;
import org.nestwalk.lab.labs.fidelity.FidelityResult.Row;

/// The smallest of the published figures; the others are those of `nestwalk lab fidelity`.
class FidelityExperimentTest {
    private static Trial.Options options(boolean blocking) {
        return new Trial.Options(20_000, 1.65, 3.5, blocking, 1);
    }

    private static List<Published> of(String source, String program) {
        return Published.all().stream()
                .filter(one -> one.isOf(source) && one.program().equals(program))
                .toList();
    }

    private static Map<String, Row> rows(FidelityResult result) {
        return result.rows().stream().collect(Collectors.toMap(Row::what, row -> row));
    }

    @Test
    void remoteTablesOfGupsCostWhatIsPublished() {
        FidelityResult result =
                FidelityExperiment.run(
                        Laboratory.unwatched(), options(false), of("mitosis", "gups"), true);
        Map<String, Row> rows = rows(result);
        Row remote = Objects.requireNonNull(rows.get("native, R/L"));
        Row loaded = Objects.requireNonNull(rows.get("native, RI/L"));
        assertThat(remote.isWithin(0.15)).isTrue();
        assertThat(loaded.isWithin(0.15)).isTrue();
        assertThat(remote.lacks()).isNull();
        Map<String, Double> without =
                Objects.requireNonNull(remote.ablations()).stream()
                        .collect(Collectors.toMap(Ablated::without, Ablated::here));
        // One walker does all of it: with more, data counts, too.
        assertThat(without.get("no walkers")).isLessThan(remote.here() - 0.1);
        assertThat(without.get("no depend.")).isEqualTo(remote.here());
        assertThat(without.get("blocking")).isLessThan(remote.here() - 0.1);
    }

    @Test
    void blockingMachineIsTheOneWithoutOverlap() {
        List<Published> figures = of("mitosis", "gups").subList(0, 1);
        Row blocking =
                FidelityExperiment.run(Laboratory.unwatched(), options(true), figures, false)
                        .rows()
                        .getFirst();
        Row ablated =
                FidelityExperiment.run(Laboratory.unwatched(), options(false), figures, true)
                        .rows()
                        .getFirst();
        assertThat(Objects.requireNonNull(ablated.ablations()))
                .contains(new Ablated("blocking", blocking.here()));
    }

    @Test
    void nestedEntriesInAPageWalkCacheGainWhatIsPublished() {
        List<Published> figures = of("bhargava", "a mix").subList(0, 2);
        Map<String, Row> rows =
                rows(
                        FidelityExperiment.run(
                                Laboratory.unwatched(), options(false), figures, false));
        assertThat(rows.get("nested entries in the walk cache"))
                .satisfies(row -> assertThat(row.isWithin(0.15)).isTrue());
        assertThat(rows.get("a nested TLB more"))
                .satisfies(row -> assertThat(row.here()).isBetween(0.03, 0.1));
    }

    /// A row that was ended early may lack what the one above it has.
    @Test
    void rowsHaveTheAblationsThatWereFinished() {
        Row all = row("native, R/L", List.of(new Ablated("no window", 1.25)));
        Row none = row("native, RI/L", null);
        String text = text(List.of(none, all));
        assertThat(text).contains("no window: the same without the window", "1.25");
        assertThat(text(List.of())).contains("No ratio was finished").doesNotContain("0.0 %");
        assertThat(text).containsPattern("native, RI/L .* -\n");
    }

    @Test
    void missIsNotExplainedByTheModelUnderOtherParameters() {
        List<Published> figures = of("mitosis", "gups").subList(0, 1);
        FidelityResult result =
                FidelityExperiment.run(
                        Laboratory.unwatched(),
                        new Trial.Options(20_000, 8, 10, false, 1),
                        figures,
                        false);
        assertThat(result.rows().getFirst().isWithin(0.15)).isFalse();
        assertThat(result.rows().getFirst().lacks()).isNull();
        assertThat(text(result.rows()))
                .contains("Missed, with parameters that are not those of the comparison: gups");
    }

    private static Row row(String what, @Nullable List<Ablated> ablations) {
        return new Row("group", "gups", what, false, 1, 1, 1, 0, null, ablations);
    }

    private static String text(List<Row> rows) {
        return new TextRenderer(300)
                .text(
                        FidelityDocument.of(
                                new FidelityResult(1, 1.65, 3.5, List.of("a source"), rows)));
    }

    @Test
    void everyFigureHasASourceAndAProgramThatRuns() {
        assertThat(Published.all()).hasSizeGreaterThan(40);
        for (Published one : Published.all()) {
            assertThat(one.least()).isLessThanOrEqualTo(one.most());
            assertThat(one.lacks()).isNotBlank();
            assertThat(one.figure().trials())
                    .allSatisfy(trial -> assertThat(trial.program()).contains(":footprint="));
        }
    }

    @Test
    void deviationIsFromTheNearestThatIsPublished() {
        Published one =
                new Published(
                        "g", "p", "w", 0.2, 0.4, of("mitosis", "gups").getFirst().figure(), "-");
        assertThat(one.deviation(0.1)).isEqualTo(-0.5);
        assertThat(one.deviation(0.3)).isZero();
        assertThat(one.deviation(0.8)).isEqualTo(1);
    }
}
