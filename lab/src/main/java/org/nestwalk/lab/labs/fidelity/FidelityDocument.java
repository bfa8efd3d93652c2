package org.nestwalk.lab.labs.fidelity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.fidelity.FidelityResult.Ablated;
import org.nestwalk.lab.labs.fidelity.FidelityResult.Row;
import org.nestwalk.lab.statistics.PublishedChart;

/// What there is to say of [FidelityResult].
final class FidelityDocument {
    private static final String DEVIATION = "%+.0f %%";
    private static final double CORE = 0.20;
    private static final double ENOUGH = 2.0 / 3;

    private FidelityDocument() {}

    static Document of(FidelityResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Published ratios beside the model's, %,d access{es} a"
                                            + " trial; remote memory takes %.2f times as long as"
                                            + " local, %.2f times if another tenant loads it",
                                        result.accesses(), result.remote(), result.loaded()));
        Map<String, List<Row>> groups = new LinkedHashMap<>();
        for (Row row : result.rows()) {
            groups.computeIfAbsent(row.group(), group -> new ArrayList<>()).add(row);
        }
        groups.forEach((group, rows) ->
                document.paragraph(group + ":")
                        .table(table(rows))
                        .pictures(new Document().bars(bars(group, rows))));
        document.lines(result.sources());
        document.paragraph(missed(result));
        return document.conclusion(conclusion(result));
    }

    private static Bars bars(String group, List<Row> rows) {
        return PublishedChart.of(
                group,
                Measure.of("ratio"),
                rows.stream()
                        .map(row ->
                                new PublishedChart.Figure(
                                        row.program() + ", " + row.what(),
                                        row.here(),
                                        row.least(),
                                        row.most()))
                        .toList());
    }

    private static Table table(List<Row> rows) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("program"));
        columns.add(
                Column.text("ratio").meaning("of run times, a part of cycles, or a gain of speed"));
        columns.add(Column.text("published"));
        columns.add(Column.number("here"));
        columns.add(Column.number("deviation").meaning("of ours from what is published"));
        List<Ablation> ablations = ablations(rows);
        for (Ablation ablation : ablations) {
            columns.add(
                    Column.number(ablation.label())
                            .of("without")
                            .meaning("the same " + ablation.meaning()));
        }
        Table table = new Table(columns);
        for (Row row : rows) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.text(row.program()));
            cells.add(Cell.text(row.what()));
            cells.add(
                    Cell.text(
                            row.least() == row.most()
                                    ? Figures.format("%.2f", row.least())
                                    : Figures.format("%.2f to %.2f", row.least(), row.most())));
            cells.add(Cell.number("%.2f", row.here()));
            cells.add(new Cell(Figures.format(DEVIATION, 100 * row.deviation()), row.deviation()));
            for (Ablation ablation : ablations) {
                cells.add(without(row, ablation));
            }
            table.cells(cells);
        }
        return table;
    }

    /// Those that any row has: of work that was ended early not all have the same.
    private static List<Ablation> ablations(List<Row> rows) {
        return Arrays.stream(Ablation.values())
                .filter(ablation -> rows.stream().anyMatch(row -> value(row, ablation) != null))
                .toList();
    }

    private static Cell without(Row row, Ablation ablation) {
        Double value = value(row, ablation);
        return value == null ? Cell.text("-") : Cell.number("%.2f", value);
    }

    private static @Nullable Double value(Row row, Ablation ablation) {
        if (row.ablations() != null) {
            for (Ablated ablated : row.ablations()) {
                if (ablated.without().equals(ablation.label())) {
                    return ablated.here();
                }
            }
        }
        return null;
    }

    /// What is missed, by what the model lacks.
    private static String missed(FidelityResult result) {
        Map<String, StringJoiner> missed = new LinkedHashMap<>();
        for (Row row : result.rows()) {
            if (!row.isWithin(FidelityExperiment.MISSED)) {
                String why =
                        row.lacks() == null
                                ? "with parameters that are not those of the comparison"
                                : "because the model lacks " + row.lacks();
                missed.computeIfAbsent(why, _ -> new StringJoiner("; "))
                        .add(
                                row.program()
                                        + " "
                                        + row.what()
                                        + " "
                                        + Figures.format(DEVIATION, 100 * row.deviation()));
            }
        }
        StringBuilder text = new StringBuilder();
        missed.forEach((why, rows) ->
                text.append(text.isEmpty() ? "" : " ")
                        .append("Missed, ")
                        .append(why)
                        .append(": ")
                        .append(rows)
                        .append("."));
        return text.toString();
    }

    private static Conclusion conclusion(FidelityResult result) {
        Conclusion conclusion = new Conclusion();
        if (result.rows().isEmpty()) {
            return conclusion.say("No ratio was finished, so that there is nothing to judge.");
        }
        List<Row> core = result.rows().stream().filter(Row::core).toList();
        double all = FidelityResult.within(result.rows(), FidelityExperiment.MISSED);
        conclusion
                .expect(
                        "most-ratios-are-met",
                        Condition.atLeast("part of the ratios within 15 %", all, ENOUGH))
                .say(
                        "Of %1$,d published ratio{s} %2$s are met within 15 %%.",
                        "Of %1$,d published ratio{s} only %2$s are met within 15 %%.",
                        result.rows().size(),
                        Figures.percent(all));
        if (!core.isEmpty()) {
            double met = FidelityResult.within(core, CORE);
            conclusion
                    .expect(
                            "large-programs-are-met",
                            Condition.atLeast("part of them within 20 %", met, 1))
                    .say(
                            "All %1$,d of gups, btree and xsbench in large memories are met within"
                                    + " 20 %%.",
                            "Of the %1$,d of gups, btree and xsbench in large memories %2$s are met"
                                    + " within 20 %%.",
                            core.size(),
                            Figures.percent(met));
        }
        return conclusion;
    }
}
