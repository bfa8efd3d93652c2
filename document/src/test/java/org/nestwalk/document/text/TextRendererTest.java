package org.nestwalk.document.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;

class TextRendererTest {
    private static String text(int width, Document document) {
        return new TextRenderer(width).text(document);
    }

    private static String text(int width, Table table) {
        return text(width, new Document().table(table));
    }

    @Test
    void columnsAreAsWideAsTheirCellsWithoutTrailingSpaces() {
        Table table =
                new Table(Column.label("name"), Column.number("count"), Column.text("what"))
                        .row("a", "1,234,567", "long cell")
                        .row("longer", "2", "");
        assertThat(text(80, table))
                .isEqualTo(
                        """
                          name        count  what
                          a       1,234,567  long cell
                          longer          2
                        """);
    }

    @Test
    void factsHaveNoHeadingAndNoIndentation() {
        Table table = Table.facts().row("threads", "1").row("code pages", "568");
        assertThat(text(80, table)).isEqualTo("threads     1\ncode pages  568\n");
    }

    @Test
    void headingsGoOverSeveralLinesBeforeAnythingElseGivesWay() {
        Table table = new Table(Column.label("attacker"));
        List<Column> columns = new ArrayList<>(table.columns());
        for (int i = 0; i < 6; i++) {
            columns.add(Column.number("likelihood wrong"));
        }
        assertThat(text(80, new Table(columns).row("a", "1", "2", "3", "4", "5", "6")))
                .isEqualTo(
                        "            likelihood  likelihood  likelihood  likelihood  likelihood"
                                + "\n  attacker       wrong       wrong       wrong       wrong"
                                + "       wrong\n"
                                + "  a                  1           2           3           4"
                                + "           5\n\n"
                                + "  attacker  likelihood wrong\n"
                                + "  a                        6\n");
    }

    @Test
    void groupsStayTogetherUnderTheirNameAndRepeatTheLabel() {
        List<Column> columns = new ArrayList<>(List.of(Column.label("exits")));
        List<String> cells = new ArrayList<>(List.of("violation"));
        for (String group : List.of("latency, cycles", "latency, ns")) {
            for (String name : List.of("median", "p90", "p99", "max")) {
                columns.add(Column.number(name).of(group));
                cells.add("5,500");
            }
        }
        assertThat(text(60, new Table(columns).row(cells)))
                .isEqualTo(
                        """
                                     ----- latency, cycles -----
                          exits      median    p90    p99    max
                          violation   5,500  5,500  5,500  5,500

                                     ------- latency, ns -------
                          exits      median    p90    p99    max
                          violation   5,500  5,500  5,500  5,500
                        """);
        assertThat(text(80, new Table(columns).row(cells)).lines()).hasSize(3);
    }

    @Test
    void cellsOfWordsAreWrappedInTheirColumn() {
        Table table =
                new Table(Column.label(""), Column.text(""))
                        .row("KVM", "a sentence that is longer than there is room for it here")
                        .row("qemu", "short");
        assertThat(text(60, table))
                .isEqualTo(
                        """
                        KVM   a sentence that is longer than there is room for it
                              here
                        qemu  short
                        """);
    }

    @Test
    void columnsWithoutACellAreLeftOut() {
        Table table =
                new Table(Column.label("a"), Column.text("empty"), Column.number("b"))
                        .row("x", "", "1");
        assertThat(text(80, table)).isEqualTo("  a  b\n  x  1\n");
    }

    @Test
    void unitsAreShownUnderNames() {
        Table table = new Table(Column.label("x"), Column.number("time").in("ns")).row("a", "1");
        assertThat(text(80, table)).isEqualTo("  x  time ns\n  a        1\n");
    }

    @Test
    void sentencesAreWrappedAndPercentSignsStayWithTheirFigures() {
        String words = "translation takes ".repeat(3) + "now 56 % of all cycles";
        assertThat(text(60, new Document().paragraph(words)))
                .isEqualTo(
                        """
                        translation takes translation takes translation takes now
                        56 % of all cycles
                        """);
    }

    @Test
    void programsWithManyParametersBreakAfterCommas() {
        String program = "btree:footprint=8GiB,accesses=5M,seed=1,base=0x7f0000000000,fanout=256";
        assertThat(text(60, new Document().paragraph(program)))
                .isEqualTo(
                        """
                        btree:footprint=8GiB,accesses=5M,seed=1,base=0x7f0000000000,
                        fanout=256
                        """);
    }

    @Test
    void blocksAreABlankLineApartAndEmptyOnesAreLeftOut() {
        Document document =
                new Document()
                        .lines("one", "two")
                        .paragraph(" ")
                        .table(new Table(Column.label("none")))
                        .pictures(
                                new Document()
                                        .series(
                                                Series.curves(
                                                        "",
                                                        Measure.of("x"),
                                                        Measure.of("y"),
                                                        List.of(
                                                                new Series.Line(
                                                                        "line",
                                                                        "",
                                                                        List.of(
                                                                                new Series.Point(
                                                                                        1, 2)))))))
                        .items("first", "second");
        assertThat(text(80, document)).isEqualTo("one\ntwo\n\n- first\n- second\n");
    }

    @Test
    void rowHasACellForEachColumn() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Table(Column.label("a")).row("1", "2"));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61, 72, 80, 100, 132})
    void noRandomTableIsWiderThanTheWidthOrLosesACell(int width) {
        SplittableRandom random = new SplittableRandom(width);
        for (int i = 0; i < 300; i++) {
            Table table = randomTable(random);
            String text = text(width, table);
            assertThat(text.lines()).allMatch(line -> line.length() <= width, text);
            for (List<Cell> row : table.rows()) {
                for (Cell cell : row) {
                    for (String word : cell.text().split(" ", -1)) {
                        assertThat(text).contains(word);
                    }
                }
            }
        }
    }

    @Test
    void columnsThatMeanTheSameAreExplainedOnce() {
        List<Column> columns = new ArrayList<>(List.of(Column.label("at")));
        for (String program : List.of("gups", "btree")) {
            columns.add(Column.number("cycles").of(program).meaning("all of them"));
        }
        String text =
                new TextRenderer(80)
                        .text(new Document().table(new Table(columns).row("LL", "1", "2")));
        assertThat(text).endsWith("\ncycles: all of them.\n");
        assertThat(text.split("cycles: ", -1)).hasSize(2);
    }

    private static Table randomTable(SplittableRandom random) {
        List<Column> columns = new ArrayList<>(List.of(Column.label("label of rows")));
        int count = random.nextInt(1, 15);
        for (int i = 0; i < count; i++) {
            String name = "head " + "x".repeat(random.nextInt(1, 12));
            Column column = random.nextInt(4) == 0 ? Column.text(name) : Column.number(name);
            columns.add(column.of(random.nextBoolean() ? "" : "group " + i / 3));
        }
        Table table = new Table(columns);
        for (int row = 0; row < 4; row++) {
            List<String> cells = new ArrayList<>(List.of("row number " + row));
            for (Column column : columns.subList(1, columns.size())) {
                boolean words = column.kind() == Column.Kind.TEXT;
                cells.add(
                        words
                                ? "some words ".repeat(random.nextInt(1, 12)).strip()
                                : "9".repeat(random.nextInt(1, 18)));
            }
            table.row(cells);
        }
        return table;
    }

    @Test
    void aNameLongerThanItsLineGoesOnAfterASlash() {
        String path = "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages/of/this/host";
        assertThat(text(60, new Document().paragraph("see " + path)))
                .isEqualTo(
                        """
                        see /sys/kernel/mm/hugepages/hugepages-1048576kB/
                        nr_hugepages/of/this/host
                        """);
    }

    @Test
    void aDigestLongerThanItsCellGoesOnInTheNextLine() {
        String digest = "0123456789abcdef".repeat(4);
        Table table = Table.facts().row("threads", "1").row("digest", digest);
        assertThat(text(80, table)).contains("digest   " + digest + "\n");
        assertThat(text(60, table))
                .isEqualTo(
                        "threads  1\ndigest   %s\n         %s\n"
                                .formatted(digest.substring(0, 51), digest.substring(51)));
    }
}
