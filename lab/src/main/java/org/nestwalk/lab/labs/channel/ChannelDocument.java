package org.nestwalk.lab.labs.channel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.channel.estimate.Judgement;
import org.nestwalk.lab.labs.channel.estimate.Roc;
import org.nestwalk.lab.statistics.RocChart;

/// What there is to say of [SimulatedResult].
final class ChannelDocument {
    private static final String WRONG = "wrongly told by";
    private static final double EITHER = 0.5;
    private static final String BITS_LEFT = "bits";
    private static final String BITS =
            "that a measurement still tells an attacker of page size or region; 0* if 40,000"
                    + " measurements do not tell it from chance";
    private static final String SAMPLES =
            "samples to average for an error of 1 %; - if the averages of 400,000 do not tell";

    private ChannelDocument() {}

    static Document of(SimulatedResult result) {
        Document document = new Document();
        document.paragraph(
                Figures.format(
                        "What the time of page walks gives away, on %s; noise of %,.0f cycles",
                        result.machine(), result.options().noise()));
        for (ThreatModel threat : ThreatModel.values()) {
            document.paragraph(threat.label() + ": " + threat.statement());
        }
        document.paragraph("Single measurements, nothing done against it:");
        document.table(single(result.single()));
        document.pictures(rocs(result.single()));
        document.paragraph("Levels that a walk of 4K pages skipped:");
        document.table(skipped(result.skipped()));
        curve(document, result);
        if (!result.defences().isEmpty()) {
            document.paragraph("Defences, and the slowdown of programs on 2M pages:")
                    .table(defences(result));
        }
        return document.conclusion(ChannelConclusion.of(result));
    }

    /// For each attacker, a curve of each secret.
    private static Document rocs(List<SingleMeasurement> rows) {
        Map<String, List<Series.Line>> attackers = new LinkedHashMap<>();
        for (SingleMeasurement row : rows) {
            attackers
                    .computeIfAbsent(row.threat(), _ -> new ArrayList<>())
                    .add(roc(row.secret(), row.judgement()));
        }
        Document charts = new Document();
        attackers.forEach((attacker, lines) ->
                charts.series(RocChart.of("ROC of single measurements by the " + attacker, lines)));
        return charts;
    }

    static Series.Line roc(String name, Judgement judgement) {
        return RocChart.line(name, judgement.roc(), Roc.Point::falseAlarms, Roc.Point::hits);
    }

    private static Table single(List<SingleMeasurement> rows) {
        Table table =
                new Table(
                        Column.label("attacker"),
                        Column.label("secret"),
                        Column.number("difference").of("cycles").meaning("of the means"),
                        Column.number("spread").of("cycles").meaning("without the noise"),
                        Column.number("d'")
                                .meaning("the difference over the deviation, noise included"),
                        Column.number("AUC")
                                .meaning(
                                        "the probability that, of one measurement of each, that of"
                                                + " the slower kind is the longer"),
                        Column.number("threshold").of(WRONG),
                        Column.number("likelihood").of(WRONG),
                        Column.number("bits").meaning("that a measurement tells"),
                        Column.number("samples for 1 %").meaning("to average for an error of 1 %"));
        for (SingleMeasurement row : rows) {
            table.row(
                    Cell.text(row.threat()),
                    Cell.text(row.secret()),
                    Cell.number("%,.1f", Math.abs(row.difference())),
                    Cell.number("%,.1f", row.spread()),
                    Cell.number("%.3f", row.sensitivity()),
                    Cell.number("%.3f", row.judgement().area()),
                    Cell.percent(row.judgement().thresholdError()),
                    Cell.percent(row.judgement().likelihoodError()),
                    Cell.number("%.4f", row.judgement().bits()),
                    samples(row.samples()));
        }
        return table;
    }

    private static Table skipped(List<SkippedLevels> rows) {
        Table table =
                new Table(
                        Column.label("attacker"),
                        Column.label("walk began"),
                        Column.number("walks"),
                        Column.number("mean").of("cycles"),
                        Column.number("spread").of("cycles"),
                        Column.number("AUC against above")
                                .meaning(
                                        "the probability that a walk of the slower of this row and"
                                                + " the one above is measured longer than one of"
                                                + " the other"));
        for (SkippedLevels row : rows) {
            table.row(
                    Cell.text(row.threat()),
                    Cell.text(
                            row.start() == 0
                                    ? "at the root"
                                    : "below a level-" + row.start() + " entry"),
                    Cell.number("%,d", row.walks()),
                    Cell.number("%,.1f", row.mean()),
                    Cell.number("%,.1f", row.deviation()),
                    row.area() == EITHER ? Cell.none() : Cell.number("%.3f", row.area()));
        }
        return table;
    }

    private static void curve(Document document, SimulatedResult result) {
        if (result.curve().isEmpty()) {
            return;
        }
        Table table =
                new Table(
                        Column.number("samples averaged"),
                        Column.number("wrong").meaning("share of attacks"),
                        Column.number("Q(sqrt(N) d / 2s)").meaning("as predicted"),
                        Column.number("from").of("99 % interval"),
                        Column.number("to").of("99 % interval"),
                        Column.text("inside"));
        for (AveragingAttack.Point point : result.curve()) {
            table.row(
                    Cell.number("%,d", point.count()),
                    Cell.number("%.4f", (double) point.wrong() / point.trials()),
                    Cell.number("%.4f", point.predicted()),
                    Cell.number("%.4f", (double) point.low() / point.trials()),
                    Cell.number("%.4f", (double) point.high() / point.trials()),
                    Cell.text(point.inside() ? "yes" : "NO"));
        }
        document.paragraph(
                Figures.format(
                        "The hypervisor averages, noise of %.0f differences (s = %.0f d):",
                        result.curveRatio(), result.curveRatio()));
        document.table(table);
        document.pictures(
                new Document()
                        .series(
                                Series.curves(
                                        "wrong attacks by how many samples they average",
                                        Measure.of("samples averaged").logarithmic(),
                                        Measure.of("wrong").in("part"),
                                        List.of(
                                                line(
                                                        "made",
                                                        result.curve(),
                                                        point ->
                                                                (double) point.wrong()
                                                                        / point.trials()),
                                                line(
                                                        "predicted",
                                                        result.curve(),
                                                        AveragingAttack.Point::predicted)))));
        Doubling doubling = result.doubling();
        if (doubling == null) {
            return;
        }
        document.paragraph(
                Figures.format(
                        "Samples for 1 %%: %.1f at s = %.0f d (formula %.1f), %.1f at twice that:"
                                + " %.2f times",
                        doubling.single(),
                        doubling.ratio(),
                        doubling.predicted(),
                        doubling.doubled(),
                        doubling.factor()));
    }

    private static Series.Line line(
            String name,
            List<AveragingAttack.Point> points,
            ToDoubleFunction<AveragingAttack.Point> of) {
        return new Series.Line(
                name,
                "",
                points.stream()
                        .map(point -> new Series.Point(point.count(), of.applyAsDouble(point)))
                        .toList());
    }

    private static Table defences(SimulatedResult result) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("defence"));
        for (DefenceRow.Left left : result.defences().getFirst().left()) {
            String what = left.secret().equals(Secret.PAGE_SIZE.label()) ? "size" : "region";
            String who = left.threat().equals(ThreatModel.PROCESS.label()) ? "proc" : "hyp";
            columns.add(explained(columns, BITS_LEFT, BITS).of(who + " " + what));
            columns.add(explained(columns, "for 1 %", SAMPLES).of(who + " " + what));
        }
        result.options()
                .programs()
                .forEach(program ->
                        columns.add(
                                Column.number(
                                                program.replaceFirst(":.*", "")
                                                        .replaceFirst(".*/", ""))
                                        .of("slowdown")
                                        .lessIsBetter()));
        Table table = new Table(columns);
        for (DefenceRow row : result.defences()) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.text(row.name()));
            for (DefenceRow.Left left : row.left()) {
                cells.add(bits(left));
                cells.add(samples(left.samples()));
            }
            row.slowdown().forEach(slowdown -> cells.add(Cell.number("%.2fx", slowdown)));
            table.cells(cells);
        }
        return table;
    }

    /// A column of an attacker and a secret: the first of its name says what it means.
    private static Column explained(List<Column> before, String name, String meaning) {
        boolean first = before.stream().noneMatch(column -> column.name().equals(name));
        Column column = Column.number(name);
        return name.equals(BITS_LEFT)
                ? (first ? column.meaning(meaning) : column).lessIsBetter()
                : (first ? column.meaning(meaning) : column).moreIsBetter();
    }

    private static Cell samples(double count) {
        return count < 0 ? Cell.none() : Cell.number("%,.0f", count);
    }

    private static Cell bits(DefenceRow.Left left) {
        return left.tellsSingly() ? Cell.number("%.4f", left.bits()) : Cell.no("0*");
    }
}
