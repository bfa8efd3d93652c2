package org.nestwalk.web.html;

import static org.nestwalk.web.html.Markup.escaped;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Better;
import org.nestwalk.document.Block;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.json.Json;

/// A chart as a figure: its name, what it shows in words, a place that a script draws it in, its
/// data, and its table, which is all there is without scripts.
///
/// @param kind which chart, for the script
/// @param name its title
/// @param text what it shows, in sentences
/// @param chart the data
record ChartMarkup(String kind, String name, String text, Block chart) {
    /// The markup of `chart`.
    ///
    /// @param number of the chart in its page
    static String of(Block chart, int number) {
        if (chart instanceof Grid grid && grid.form() == Grid.Form.STEPS) {
            return steps(grid, number);
        }
        return described(chart).figure("chart-" + number);
    }

    private static ChartMarkup described(Block chart) {
        return switch (chart) {
            case Series series -> series(series);
            case Distribution distribution -> distribution(distribution);
            case Grid grid -> grid(grid);
            case Bars bars -> bars(bars);
            default -> throw new IllegalArgumentException("not a chart: " + chart);
        };
    }

    private static ChartMarkup series(Series series) {
        return new ChartMarkup(
                "series",
                series.name(),
                sentences(
                        Figures.format(
                                "%s over %s, %d line{s}",
                                series.y().heading(), series.x().heading(), series.lines().size()),
                        series.y(),
                        Stream.concat(
                                meanings(series.x(), series.y()),
                                series.lines().stream()
                                        .map(line -> meaning(line.name(), line.meaning())))),
                series);
    }

    private static ChartMarkup distribution(Distribution distribution) {
        return new ChartMarkup(
                "distribution",
                distribution.name(),
                sentences(
                        Figures.format(
                                "%s, how it is spread, of %d kind{s}",
                                distribution.values().heading(), distribution.parts().size()),
                        distribution.values(),
                        Stream.concat(
                                meanings(distribution.values(), distribution.counts()),
                                distribution.parts().stream()
                                        .map(part -> meaning(part.name(), part.meaning())))),
                distribution);
    }

    private static ChartMarkup grid(Grid grid) {
        return new ChartMarkup(
                "grid",
                grid.name(),
                sentences(
                        "%s by %s (rows) and %s (columns)"
                                .formatted(
                                        grid.cells().heading(),
                                        grid.down().heading(),
                                        grid.across().heading()),
                        grid.cells(),
                        meanings(grid.cells(), grid.down(), grid.across())),
                grid);
    }

    private static ChartMarkup bars(Bars bars) {
        return new ChartMarkup(
                "bars",
                bars.name(),
                sentences(
                        Figures.format(
                                "%s by %s, %s",
                                bars.values().heading(),
                                bars.things().heading(),
                                bars.form() == Bars.Form.STACKED
                                        ? "parts stacked"
                                        : "parts side by side"),
                        bars.values(),
                        Stream.concat(
                                meanings(bars.values(), bars.things()),
                                bars.parts().stream()
                                        .map(part -> meaning(part.name(), part.meaning())))),
                bars);
    }

    private static Stream<String> meanings(Measure... measures) {
        return Stream.of(measures).map(measure -> meaning(measure.name(), measure.meaning()));
    }

    private static String meaning(String name, String meaning) {
        return meaning.isEmpty() ? "" : name + ": " + meaning;
    }

    /// A sentence begins with a capital letter, unless with a name such as `l2Misses`.
    private static String beginning(String first) {
        return first.matches("[^ ]*\\p{Lu}.*")
                ? first
                : Character.toUpperCase(first.charAt(0)) + first.substring(1);
    }

    private static String sentences(String first, Measure measure, Stream<String> others) {
        List<String> sentences = new ArrayList<>();
        sentences.add(beginning(first));
        if (measure.better() != Better.NEITHER) {
            sentences.add(measure.better() == Better.MORE ? "More is better" : "Less is better");
        }
        others.filter(text -> !text.isEmpty()).distinct().forEach(sentences::add);
        return String.join(". ", sentences) + ".";
    }

    private String figure(String id) {
        ChartTable table = ChartTable.of(chart);
        StringBuilder tables = new StringBuilder();
        for (int i = 0; i < table.tables().size(); i++) {
            String number = table.tables().size() == 1 ? "" : " " + (i + 1);
            tables.append(TableMarkup.of(table.tables().get(i), "Table of " + title() + number));
        }
        return """
        <figure id="%1$s">
        <figcaption><p class="name" id="%1$s-name">%2$s</p><p id="%1$s-text">%3$s</p></figcaption>
        <div class="chart" data-kind="%4$s" role="img" tabindex="0" aria-labelledby="%1$s-name" aria-describedby="%1$s-text"></div>
        %5$s<details open><summary>Table of %2$s</summary>
        %6$s%7$s</details>
        </figure>
        """
                .formatted(
                        id,
                        escaped(title()),
                        escaped(text),
                        kind,
                        Markup.data("class=\"data\"", Json.line(chart)),
                        tables,
                        table.note().isEmpty() ? "" : Markup.element("p", table.note()));
    }

    private String title() {
        return switch (chart) {
            case Grid grid when name.isEmpty() -> grid.cells().name();
            case Series series when name.isEmpty() -> series.y().name();
            default -> name;
        };
    }

    /// The walk of a table's entries is its own picture.
    private static String steps(Grid grid, int number) {
        String meaning = grid.cells().meaning();
        return """
        <figure class="steps" id="chart-%1$d">
        <figcaption><p class="name">%2$s</p>%3$s</figcaption>
        %4$s</figure>
        """
                .formatted(
                        number,
                        escaped(grid.name()),
                        meaning.isEmpty() ? "" : Markup.element("p", meaning + "."),
                        TableMarkup.of(grid.table(), "Table of " + grid.name()));
    }
}
