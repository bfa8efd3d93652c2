package org.nestwalk.lab.labs.paper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.paper.PaperResult.Reproduced;
import org.nestwalk.lab.labs.paper.PaperResult.Row;
import org.nestwalk.lab.statistics.PublishedChart;

/// What there is to say of [PaperResult].
final class PaperDocument {
    private static final double MISSED = 0.15;
    private static final double HALF = 0.5;
    private static final double NO_GAIN = 1.005;

    private PaperDocument() {}

    static Document of(PaperResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Programs of %s, %,d access{es} of each measured after as"
                                                + " many that fill caches",
                                        Figures.bytes(result.footprint()), result.accesses()));
        for (Reproduced paper : result.papers()) {
            if (paper.figures().isEmpty()) {
                document.paragraph("Nothing of " + paper.name() + " was finished.");
                continue;
            }
            document.heading(paper.name())
                    .paragraph(
                            paper.cite()
                                    + ". Here: "
                                    + paper.machine()
                                    + "; "
                                    + String.join(", ", paper.programs())
                                    + ".")
                    .table(table(paper.figures()))
                    .pictures(new Document().bars(bars(paper)))
                    .paragraph(why(paper.figures()));
        }
        return document.conclusion(conclusion(result));
    }

    private static Bars bars(Reproduced paper) {
        return PublishedChart.of(
                "figures of " + paper.name(),
                Measure.of("figure"),
                paper.figures().stream()
                        .map(row ->
                                new PublishedChart.Figure(
                                        row.what(), row.here(), row.least(), row.most()))
                        .toList());
    }

    private static Table table(List<Row> rows) {
        Table table =
                new Table(
                        Column.label("figure"),
                        Column.text("published in"),
                        Column.number("published"),
                        Column.number("here"),
                        Column.number("deviation").meaning("of ours from what is published"));
        for (Row row : rows) {
            table.row(
                    Cell.text(row.what()),
                    Cell.text(row.source()),
                    Cell.text(
                            row.least() == row.most()
                                    ? Figures.format("%.2f", row.least())
                                    : Figures.format("%.2f to %.2f", row.least(), row.most())),
                    Cell.number("%.2f", row.here()),
                    new Cell(
                            Figures.format("%+.0f %%", 100 * row.deviation() + 0.0),
                            row.deviation()));
        }
        return table;
    }

    private static String why(List<Row> rows) {
        Map<String, StringBuilder> reasons = new LinkedHashMap<>();
        for (Row row : rows) {
            if (row.why() != null) {
                StringBuilder of = reasons.computeIfAbsent(row.why(), _ -> new StringBuilder());
                of.append(of.isEmpty() ? "" : "; ").append(row.what());
            }
        }
        StringBuilder text = new StringBuilder();
        reasons.forEach((reason, of) ->
                text.append(text.isEmpty() ? "" : " ")
                        .append("Off by more than 15 %: ")
                        .append(of)
                        .append(", because ")
                        .append(reason)
                        .append("."));
        return text.toString();
    }

    private static Conclusion conclusion(PaperResult result) {
        List<Row> rows = result.rows();
        List<Row> gains = rows.stream().filter(Row::gain).toList();
        Conclusion conclusion = new Conclusion();
        if (!rows.isEmpty()) {
            double within = part(rows.stream().filter(row -> row.isWithin(MISSED)).count(), rows);
            conclusion
                    .expect(
                            "half-is-reached",
                            Condition.atLeast("part of the figures within 15 %", within, HALF))
                    .say(
                            "Of %1$,d figure{s} %2$s are reached within 15 %%.",
                            "Of %1$,d figure{s} only %2$s are reached within 15 %%.",
                            rows.size(),
                            Figures.percent(within));
        }
        if (!gains.isEmpty()) {
            long gained = gains.stream().filter(row -> row.here() > NO_GAIN).count();
            conclusion
                    .expect(
                            "gains-are-gains",
                            Condition.atLeast("part of the gains", part(gained, gains), 1))
                    .say(
                            "What gains speed in the papers does so here, in %1$,d of %1$,d"
                                    + " figure{s}.",
                            "Of %1$,d figure{s} of speed that is gained in the papers, %2$,d are"
                                    + " gains here.",
                            gains.size(),
                            gained);
        }
        return conclusion;
    }

    private static double part(long count, List<Row> of) {
        return (double) count / of.size();
    }
}
