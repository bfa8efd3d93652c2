package org.nestwalk.web.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Document;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;

/// Everything that a document says is in its HTML, for people with and without scripts.
class HtmlRendererTest {
    private static final Measure TIME = Measure.of("time").in("ns").lessIsBetter();

    private static Series series(int points) {
        List<Series.Point> line = new ArrayList<>();
        for (int i = 0; i < points; i++) {
            line.add(new Series.Point(i, 1_500.0 * i));
        }
        return Series.curves(
                "waits", Measure.of("accesses"), TIME, List.of(new Series.Line("lazy", "", line)));
    }

    @Test
    void textIsEscaped() {
        String html =
                HtmlRenderer.html(
                        new Document()
                                .lines("a < b & \"c\"", "<script>alert(1)</script>")
                                .table(new Table(Column.label("<i>")).row("<b>")));
        assertThat(html)
                .contains(
                        "a &lt; b &amp; &quot;c&quot;", "&lt;script&gt;", "&lt;i&gt;", "&lt;b&gt;")
                .doesNotContain("<script", "<i>", "<b>");
    }

    @Test
    void whatToConcludeFollowsWhatItIsAbout() {
        Conclusion conclusion = new Conclusion();
        conclusion
                .expect("pays", Condition.below("cycles with", 3, "cycles without", 4, 0))
                .say("It pays.", "It does not pay.");
        conclusion
                .expect("doubles", Condition.above("pages", 3, "twice as many", 4, 0.5))
                .say("It doubles.", "It does not double.");
        String html =
                HtmlRenderer.html(
                        new Document()
                                .paragraph("A guest")
                                .paragraph("Details")
                                .conclusion(conclusion));
        assertThat(html)
                .containsSubsequence("A guest", "It pays.", "It does not double.", "Details");
        assertThat(html)
                .containsSubsequence("class=\"held\"", "class=\"not-held\"")
                .contains(
                        "cycles with (3) is below cycles without (4): yes",
                        "pages (3) is above twice as many (4), by a margin of 0.500: no");
    }

    @Test
    void columnsAreHeadedGroupedAndMarked() {
        Table table =
                new Table(
                                Column.label("setup"),
                                Column.number("L1").of("misses").lessIsBetter(),
                                Column.number("L2").of("misses").meaning("of all levels"))
                        .row(Cell.text("native"), Cell.number("%,d", 1_234), Cell.none());
        assertThat(HtmlRenderer.html(new Document().table(table)))
                .contains(
                        "<th scope=\"col\" rowspan=\"2\">setup</th>",
                        "colspan=\"2\">misses</th>",
                        "(less is better)",
                        "<th scope=\"row\">native</th>",
                        "<td class=\"number\">1,234</td>",
                        "<dt>L2</dt><dd>of all levels</dd>");
    }

    @Test
    void everyChartHasItsTableAndItsData() {
        Document document =
                new Document()
                        .series(series(3))
                        .distribution(
                                new Distribution(
                                        "spread",
                                        TIME,
                                        Measure.of("exits"),
                                        List.of(
                                                Distribution.Part.histogram(
                                                        "binned",
                                                        List.of(new Distribution.Bin(0, 10, 7))),
                                                Distribution.Part.percentiles(
                                                        "ranked",
                                                        List.of(
                                                                new Distribution.Percentile(
                                                                        0.999, 2_500))))))
                        .pictures(
                                new Document()
                                        .bars(
                                                new Bars(
                                                        "parts",
                                                        Measure.of("cycles").moreIsBetter(),
                                                        Measure.of("setup"),
                                                        List.of(
                                                                Bars.Part.of("flags")
                                                                        .in("updates")),
                                                        List.of(
                                                                new Bars.Row(
                                                                        "shadow",
                                                                        List.of(
                                                                                Cell.number(
                                                                                        "%,d",
                                                                                        12_345)))),
                                                        Bars.Form.STACKED)));
        String html = HtmlRenderer.html(document);
        assertThat(html.split("<details open>", -1)).hasSize(4);
        assertThat(html.split("class=\"chart\"", -1)).hasSize(4);
        assertThat(html)
                .contains(
                        "Time over accesses, 1 line. Less is better.",
                        "1.50 us",
                        "99.9 %",
                        "12,345",
                        "Cycles by setup, parts stacked. More is better.",
                        "\"points\":[{\"x\":0.0,\"y\":0.0}",
                        "role=\"img\" tabindex=\"0\" aria-labelledby=\"chart-3-name\"");
    }

    @Test
    void longLinesAreThinnedInTheirTableOnly() {
        String html = HtmlRenderer.html(new Document().series(series(10_001)));
        assertThat(html).contains("One row of 26 is shown, of 10,001; the result has all.");
        assertThat(html.split("<tr>", -1).length).isLessThan(500);
        assertThat(html.split("\"x\":", -1)).hasSize(10_002 + 1);
    }

    @Test
    void manyCellsAreToldByTheMostOfEachRow() {
        List<Grid.Label> columns = new ArrayList<>();
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            columns.add(new Grid.Label("", "t" + i));
            cells.add(Cell.number("%,d", i == 777 ? 9_000 : 1));
        }
        Grid grid =
                new Grid(
                        "touched",
                        Measure.of("touches"),
                        Measure.of("page"),
                        Measure.of("time"),
                        columns,
                        List.of(new Grid.Row(new Grid.Label("", "first"), cells)),
                        Grid.Form.SHADES);
        assertThat(HtmlRenderer.html(new Document().grid(grid)))
                .contains("<td class=\"number\">9,000</td><td>t777</td>", "greatest of each row");
    }

    @Test
    void walksGridIsATableWithoutAChart() {
        Grid grid =
                new Grid(
                        "references",
                        Measure.of("references").meaning("[ ] to the second level"),
                        Measure.of("translation of"),
                        Measure.of("entry"),
                        List.of(new Grid.Label("EPT", "PTE")),
                        List.of(
                                new Grid.Row(
                                        new Grid.Label("", "data"), List.of(Cell.text("[ 1]")))),
                        Grid.Form.STEPS);
        assertThat(HtmlRenderer.html(new Document().grid(grid)))
                .contains("[ 1]", "[ ] to the second level.")
                .doesNotContain("class=\"chart\"", "<details");
    }
}
