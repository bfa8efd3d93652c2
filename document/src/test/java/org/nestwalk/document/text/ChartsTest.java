package org.nestwalk.document.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Distribution.Bin;
import org.nestwalk.document.Distribution.Part;
import org.nestwalk.document.Distribution.Percentile;
import org.nestwalk.document.Document;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Grid.Label;
import org.nestwalk.document.Grid.Row;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.document.Series.Point;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.Json;
import org.nestwalk.document.json.JsonFormat;

/// Series, distributions and grids are data; what is drawn of them fits the width, and CSV and JSON
/// have every figure.
class ChartsTest {
    private static final Measure FOOTPRINT = Measure.of("footprint").in("bytes").logarithmic();
    private static final Measure TIME = Measure.of("time").in("ns").logarithmic();

    private static final Series CURVES =
            Series.curves(
                    "loads",
                    FOOTPRINT,
                    TIME,
                    List.of(
                            new Line("measured", "", points(4096, 1, 8192, 4, 16384, 16)),
                            new Line("simulated", "of the model", points(4096, 1, 16384, 64))));

    private static final Series BANDS =
            Series.bands(
                    "pages",
                    Measure.of("time").in("ns"),
                    Measure.of("memory").in("bytes"),
                    List.of(
                            new Line("guest 4K", "", points(0, 0, 1000, 9 << 20)),
                            new Line("host 2M", "", points(0, 0, 500, 0, 1000, 1 << 20)),
                            new Line("never", "", points(0, 0, 1000, 0))));

    private static final Distribution HISTOGRAM =
            new Distribution(
                    "loads",
                    Measure.of("time").in("ns"),
                    Measure.of("loads"),
                    List.of(
                            Part.histogram(
                                    "4K",
                                    List.of(
                                            new Bin(0, 10, 30),
                                            new Bin(10, 20, 0),
                                            new Bin(20, 30, 10)))));

    private static final Distribution PERCENTILES =
            new Distribution(
                    "bursts",
                    Measure.of("time").in("ns"),
                    Measure.of("bursts"),
                    List.of(
                            Part.percentiles("4K", percentiles(10, 20, 30, 40, 50)),
                            Part.percentiles("2M", percentiles(20, 30, 40, 50, 60))));

    private static final Grid STEPS =
            new Grid(
                    "references",
                    Measure.of("reference").meaning("[ ] to the second level"),
                    Measure.of("translation of"),
                    Measure.of("entry"),
                    List.of(new Label("EPT", "PTE"), new Label("guest", "entry")),
                    List.of(
                            new Row(
                                    new Label("guest", "PTE"),
                                    List.of(new Cell("[ 1]", 1), new Cell("( 2)", 2))),
                            new Row(
                                    new Label("", "data page"),
                                    List.of(new Cell("[ 3]", 3), Cell.text("data")))),
                    Grid.Form.STEPS);

    private static List<Point> points(double... figures) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < figures.length; i += 2) {
            points.add(new Point(figures[i], figures[i + 1]));
        }
        return points;
    }

    private static List<Percentile> percentiles(double... values) {
        double[] parts = {0.05, 0.25, 0.5, 0.75, 0.95};
        List<Percentile> percentiles = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            percentiles.add(new Percentile(parts[i], values[i]));
        }
        return percentiles;
    }

    private static Grid shades(int columns) {
        List<Label> labels = new ArrayList<>();
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            labels.add(new Label("", i + " s"));
            cells.add(Cell.number("%d", i));
        }
        return new Grid(
                "pages",
                Measure.of("pages"),
                Measure.of("range"),
                Measure.of("time"),
                labels,
                List.of(new Row(new Label("", "0 to 2 MiB"), cells)),
                Grid.Form.SHADES);
    }

    private static String text(int width, Document document) {
        return new TextRenderer(width).text(document);
    }

    @Test
    void curvesAreMarksInAFrameByFactors() {
        assertThat(text(60, new Document().series(CURVES)))
                .startsWith("loads\n  time\n  64.0 ns |" + " ".repeat(23) + "s\n")
                .contains(
                        "   1.0 ns |@\n",
                        "           4 KiB  footprint  16 KiB\n\n",
                        "m is measured, s is simulated, @ both; each row is the same\nfactor");
    }

    @Test
    void legendStandsOnceBelowChartsThatHaveTheSame() {
        String text = text(80, new Document().series(CURVES).series(CURVES).paragraph("end"));
        assertThat(text.split("m is measured", -1)).hasSize(2);
        assertThat(text).endsWith("simulated: of the model.\n\nend\n");
    }

    @Test
    void bandsAreDarkerWhereThereIsMoreAndEmptyOnesAreLeftOut() {
        String text = text(100, new Document().series(BANDS));
        assertThat(text)
                .contains("over time, from 0 to 1.00 us, and the most of each row; @ is 9.0 MiB")
                .containsPattern("(?m)^  guest 4K  \\|\\.+:+-+=+\\++\\*+#+%+@+\\|  +9.0 MiB$")
                .containsPattern("(?m)^  host 2M   \\| +\\.+\\|  +1.0 MiB$")
                .doesNotContain("never");
    }

    @Test
    void histogramsAreBarsWithCountsAndShares() {
        assertThat(text(60, new Document().distribution(HISTOGRAM)))
                .containsPattern("(?m)^ +0 to 10.0 ns  \\|#+  30  75 %$")
                .containsPattern("(?m)^  10.0 ns to 20.0 ns  \\| +0  0.0 %$");
    }

    @Test
    void percentilesWithQuartilesAreStripsOnOneAxis() {
        assertThat(text(80, new Document().distribution(PERCENTILES)))
                .containsPattern("(?m)^  4K  \\.+=+\\|=+\\.+$")
                .containsPattern("(?m)^  2M  +\\.+=+\\|=+\\.+$")
                .contains(". is from 5.0 % to 95 % of them, = the middle half, | the median.");
    }

    @Test
    void otherPercentilesAreATable() {
        Distribution latency =
                new Distribution(
                        "latency",
                        Measure.of("latency").in("cycles"),
                        Measure.of("exits"),
                        List.of(
                                Part.percentiles(
                                        "violation",
                                        List.of(
                                                new Percentile(0.5, 1000),
                                                new Percentile(0.99, 5500),
                                                new Percentile(0.999, 6000),
                                                new Percentile(1, 7000)))));
        assertThat(text(100, new Document().distribution(latency)))
                .containsPattern("median +p99 +p99.9 +most")
                .containsPattern("violation +1,000 cycles +5,500 cycles");
    }

    @Test
    void stepsHaveArrowsAndShorterHeadingsWhereThereIsLittleRoom() {
        assertThat(text(80, new Document().grid(STEPS)))
                .isEqualTo(
                        """
                        references
                                        EPT PTE     guest entry
                          guest PTE --> [ 1] -----> ( 2)
                          data page --> [ 3] -----> data

                        reference: [ ] to the second level.
                        """);
    }

    @Test
    void manyColumnsOfShadesAreDrawnInFew() {
        String text = text(60, new Document().grid(shades(1000)));
        assertThat(text)
                .contains("over time, from 0 s to 999 s")
                .containsPattern("(?m)^  0 to 2 MiB  \\|\\.+:+.*%+@+\\| +999$");
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 120, 200})
    void everyChartFitsTheWidth(int width) {
        SplittableRandom random = new SplittableRandom(width);
        for (int run = 0; run < 200; run++) {
            List<Line> lines = new ArrayList<>();
            for (int line = 0; line <= random.nextInt(6); line++) {
                double[] figures = new double[2 * random.nextInt(1, 60)];
                for (int i = 0; i < figures.length; i += 2) {
                    figures[i] = i;
                    figures[i + 1] = Math.pow(10, random.nextInt(12)) * random.nextDouble();
                }
                lines.add(new Line("line " + line, "", points(figures)));
            }
            Measure y = random.nextBoolean() ? TIME : Measure.of("memory").in("bytes");
            Document document =
                    new Document()
                            .series(Series.curves("", FOOTPRINT, y, lines))
                            .series(Series.bands("", FOOTPRINT, y, lines))
                            .distribution(HISTOGRAM)
                            .distribution(PERCENTILES)
                            .grid(STEPS)
                            .grid(shades(1 + random.nextInt(300)));
            assertThat(text(width, document).lines())
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        }
    }

    @Test
    void csvHasOneFigureALineAndChartsOfTheSameKindInOneTable() {
        assertThat(CsvRenderer.text(new Document().series(CURVES).grid(STEPS).series(CURVES)))
                .startsWith(
                        """
                        series,line,footprint (bytes),time (ns)\r
                        loads,measured,4096,1\r
                        """)
                .contains("loads,simulated,16384,64\r\nloads,measured,4096,1\r\n")
                .contains("\r\n\r\ngrid,translation of,entry,reference\r\n")
                .contains("references,guest PTE,guest entry,2\r\n")
                .endsWith("references,data page,guest entry,data\r\n");
        assertThat(CsvRenderer.text(new Document().distribution(HISTOGRAM)))
                .contains("distribution,part,from time (ns),below time (ns),loads\r\n")
                .contains("loads,4K,20,30,10\r\n");
        assertThat(CsvRenderer.text(new Document().distribution(PERCENTILES)))
                .contains("distribution,part,quantile,time (ns)\r\nbursts,4K,0.05,10\r\n");
    }

    @Test
    void jsonIsTheRecordsThemselves() {
        String json =
                Json.text(
                        JsonFormat.LAB,
                        Map.of("chart", CURVES, "grid", STEPS, "spread", PERCENTILES));
        assertThat(json.replaceAll("\\s+", ""))
                .contains("\"x\":{\"name\":\"footprint\",\"unit\":\"bytes\",\"meaning\":\"\"")
                .contains("\"points\":[{\"x\":4096.0,\"y\":1.0}")
                .contains("{\"part\":0.05,\"value\":10.0}")
                .contains("\"cells\":[{\"text\":\"[1]\",\"value\":1}")
                .doesNotContain("empty");
    }

    @Test
    void chartsWithoutFiguresAreLeftOut() {
        Document document =
                new Document()
                        .series(Series.curves("a", FOOTPRINT, TIME, List.of()))
                        .distribution(new Distribution("b", TIME, Measure.of("loads"), List.of()));
        assertThat(document.blocks()).isEmpty();
    }
}
