package org.nestwalk.report.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.lab.sweep.Axis;
import org.nestwalk.report.Units;

class StudyResultsTest {
    private static final Units NONE = Units.ofExperiment("");

    /// Of `y = 10 a + b + seed`, and `z = 100 - y`.
    private static StudyResults results() {
        List<Axis> axes =
                List.of(
                        new Axis("a", List.of("1", "2")),
                        new Axis("fixed", List.of("x")),
                        new Axis("b", List.of("3", "4")),
                        new Axis("seeds", List.of("0", "1", "2")));
        List<StudyResults.Row> rows = new ArrayList<>();
        for (int a = 1; a <= 2; a++) {
            for (int b = 3; b <= 4; b++) {
                for (int seed = 0; seed <= 2; seed++) {
                    Map<String, String> values = new LinkedHashMap<>();
                    values.put("a", Integer.toString(a));
                    values.put("fixed", "x");
                    values.put("b", Integer.toString(b));
                    values.put("seeds", Integer.toString(seed));
                    double y = 10.0 * a + b + seed;
                    Map<String, Double> figures = new LinkedHashMap<>();
                    figures.put("y", y);
                    figures.put("z", 100 - y);
                    rows.add(new StudyResults.Row(rows.size(), values, "", figures));
                }
            }
        }
        return new StudyResults(axes, rows, rows.size(), rows.size());
    }

    private static StudyPivot pivot(List<String> rows, String columns) {
        return StudyPivot.of(results(), NONE, new StudyPivot.Wanted("y", rows, columns, ""));
    }

    @Test
    void theLastAxisThatVariesMakesColumnsAndSeedsAreAveraged() {
        StudyPivot pivot = pivot(List.of(), "");

        assertThat(pivot.down()).extracting(Axis::name).containsExactly("a");
        assertThat(pivot.across().orElseThrow().name()).isEqualTo("b");
        assertThat(pivot.averaged()).extracting(Axis::name).containsExactly("seeds");
        assertThat(pivot.rows().getFirst().cells())
                .containsEntry("3", Estimate.of(List.of(13.0, 14.0, 15.0)));
    }

    @Test
    void whatIsInNeitherIsAveraged() {
        StudyPivot pivot = pivot(List.of("b"), "seeds");

        assertThat(pivot.averaged()).extracting(Axis::name).containsExactly("a");
        assertThat(pivot.rows().getFirst().cells())
                .containsEntry("0", Estimate.of(List.of(13.0, 23.0)));
    }

    @Test
    void anIntervalIsThatOfStudentsDistribution() {
        Estimate estimate = Estimate.of(List.of(14.0, 15.0, 16.0));

        // t of two degrees of freedom is 4.303 at 97.5 %; the deviation is 1.
        assertThat(estimate.halfWidth()).isEqualTo(4.303 / Math.sqrt(3), within(0.001));
    }

    @Test
    void oneValueHasNoInterval() {
        assertThat(Estimate.of(List.of(5.0)).hasWidth()).isFalse();
    }

    @Test
    void intervalsHoldTheMeanAsOftenAsTheySay() {
        Random random = new Random(7);
        int held = 0;
        for (int trial = 0; trial < 2_000; trial++) {
            List<Double> values = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                values.add(10 + random.nextGaussian());
            }
            Estimate estimate = Estimate.of(values);
            held += Math.abs(estimate.mean() - 10) <= estimate.halfWidth() ? 1 : 0;
        }

        assertThat(held / 2_000.0).isBetween(0.935, 0.965);
    }

    @Test
    void aPivotIsATable() {
        String text =
                new TextRenderer(80)
                        .text(StudyDocument.pivot("run", results(), NONE, pivot(List.of(), "")));

        assertThat(text).contains("means over seeds").contains("14 +-2.5").contains("25 +-2.5");
    }

    @Test
    void aFrontHasWhatNoOtherBeats() {
        StudyPivot y = StudyPivot.inRows(results(), NONE, "y", List.of(), "");
        StudyPivot z = StudyPivot.inRows(results(), NONE, "z", List.of(), "");

        assertThat(new TextRenderer(80).text(StudyDocument.front("run", results(), y, z)))
                .contains("4 of 4 combinations");
        assertThat(new TextRenderer(80).text(StudyDocument.front("run", results(), y, y)))
                .contains("1 of 4 combinations");
    }

    @Test
    void aStudyThatIsNotCompleteSaysSo() {
        StudyResults all = results();
        StudyResults part = new StudyResults(all.axes(), all.rows(), 5, 12);

        assertThat(new TextRenderer(80).text(StudyDocument.overview("run", part, NONE)))
                .contains("not complete: 5 of 12 cells are finished");
    }

    @Test
    void csvHasARowForEachCell() {
        assertThat(StudyCsv.text(results()).lines())
                .hasSize(13)
                .startsWith("cell,a,fixed,b,seeds,y,z", "0,1,x,3,0,13,87");
    }

    @Test
    void namesThatThereAreNotAreRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> pivot(List.of("c"), ""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("it varies a, b, seeds");
        assertThatThrownBy(() -> pivot(List.of("a"), "a"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot make rows, too");
        assertThatThrownBy(() ->
                        StudyPivot.of(
                                results(), NONE, new StudyPivot.Wanted("w", List.of(), "", "")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no figure 'w'");
    }
}
