package org.nestwalk.lab.labs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Block;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Series;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.parameter.Arguments;

/// Pictures of a comparison show its figures, and all of them.
class RunChartsTest {
    private static final RunExperiment EXPERIMENT = new RunExperiment();

    private static RunReport run(String machine, String interval) {
        Arguments arguments =
                Arguments.of(
                        EXPERIMENT.spec().all(),
                        Map.of(
                                "program", List.of("gups:footprint=64MiB,accesses=20k"),
                                "machine", List.of(machine),
                                "interval", List.of(interval)),
                        UnaryOperator.identity());
        return EXPERIMENT.run(Laboratory.unwatched(), arguments).runs().getFirst();
    }

    private static double value(Cell cell) {
        return cell.value() instanceof Number number ? number.doubleValue() : 0;
    }

    private static Bars cycles(RunReport report) {
        return (Bars) RunCharts.of(report).blocks().getFirst();
    }

    /// Machines with three caches, with one, and without any.
    @ParameterizedTest
    @ValueSource(strings = {"skylake-sp", "zen5", "opteron-2008", "textbook", "yardstick"})
    void partsAreNeverNegativeAndAddUpToTheCyclesOfTranslation(String machine) {
        RunReport report = run(machine, "20000");
        Bars bars = cycles(report);
        assertThat(bars.rows()).hasSameSizeAs(report.setups());
        for (int i = 0; i < report.setups().size(); i++) {
            SetupReport setup = report.setups().get(i);
            assertThat(bars.rows().get(i).name()).isEqualTo(setup.name());
            assertThat(bars.rows().get(i).cells()).allMatch(cell -> value(cell) >= 0);
            assertThat(bars.rows().get(i).cells().stream().mapToDouble(RunChartsTest::value).sum())
                    .isCloseTo((double) setup.translationCycles() / setup.accesses(), within(1e-9));
        }
    }

    @Test
    void aMapOfNothingHasNoPictures() {
        assertThat(new FootprintReport(1, List.of(), List.of(), List.of()).grids()).isEmpty();
    }

    @Test
    void levelsOfBothDimensionsAreToldApart() {
        assertThat(cycles(run("skylake-sp", "20000")).parts())
                .extracting(part -> (part.group() + " " + part.name()).strip())
                .contains("guest tables memory", "second level memory", "flags", "look-ups");
    }

    @Test
    void intervalsHaveALineForEachSetupUpToTheEnd() {
        RunReport report = run("skylake-sp", "5000");
        List<Series> series =
                RunCharts.of(report).blocks().stream()
                        .filter(Series.class::isInstance)
                        .map(Series.class::cast)
                        .toList();
        assertThat(series).hasSize(3);
        Series.Line nested =
                series.getFirst().lines().stream()
                        .filter(line -> line.name().equals("nested:4K/4K"))
                        .findFirst()
                        .orElseThrow();
        assertThat(nested.points()).hasSize(4);
        assertThat(nested.points().getLast().x()).isEqualTo(20_000);
        assertThat(nested.points().stream().mapToDouble(Series.Point::y).average().orElseThrow())
                .isCloseTo(
                        report.setups().stream()
                                .filter(setup -> setup.name().equals("nested:4K/4K"))
                                .mapToDouble(setup ->
                                        (double) setup.exposedTranslationCycles()
                                                / setup.accesses())
                                .sum(),
                        within(1e-6));
        assertThat(RunCharts.of(run("skylake-sp", "20000")).blocks())
                .noneMatch(Series.class::isInstance);
    }

    @Test
    void chartsOfARunArePictures() {
        assertThat(RunTable.of(run("skylake-sp", "20000")).blocks())
                .filteredOn(Block.Picture.class::isInstance)
                .hasSize(3);
    }
}
