package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.channel.AveragingAttack;
import org.nestwalk.lab.channel.ChannelStory.Result;
import org.nestwalk.lab.channel.DefenceRow;
import org.nestwalk.lab.channel.Secret;
import org.nestwalk.lab.channel.SingleMeasurement;
import org.nestwalk.lab.channel.SkippedLevels;
import org.nestwalk.lab.channel.ThreatModel;

/// [org.nestwalk.lab.channel.ChannelStory] for people.
public final class ChannelText {
    private ChannelText() {}

    /// Heading, tables and conclusion.
    ///
    /// @param machine the processor's name
    public static Document of(String machine, Result result) {
        Document document = new Document();
        document.paragraph(
                Figures.format(
                        "What the time of page walks gives away, on %s; noise of %,.0f cycles",
                        machine, result.options().noise()));
        for (ThreatModel threat : ThreatModel.values()) {
            document.paragraph(threat.label() + ": " + threat.statement());
        }
        document.paragraph("Single measurements, nothing done against it:");
        document.table(single(result.single()));
        document.paragraph("Levels that a walk of 4K pages skipped:");
        document.table(skipped(result.skipped()));
        curve(document, result);
        document.paragraph(
                """
                Defences: bits that a measurement still tells of page size and region, samples to
                average for an error of 1 %, and the slowdown of programs on 2M pages. 0*: 40,000
                measurements do not tell it from chance; -: nor do the averages of 400,000.
                """);
        return document.table(defences(result)).conclusion(ChannelConclusion.of(result));
    }

    private static Table single(List<SingleMeasurement> rows) {
        Table table =
                new Table(
                        Column.label("attacker"),
                        Column.label("secret"),
                        Column.number("difference").of("cycles"),
                        Column.number("spread").of("cycles"),
                        Column.number("d'"),
                        Column.number("AUC"),
                        Column.number("threshold").of("wrongly told by"),
                        Column.number("likelihood").of("wrongly told by"),
                        Column.number("bits"),
                        Column.number("samples for 1 %"));
        for (SingleMeasurement row : rows) {
            table.row(
                    row.threat(),
                    row.secret(),
                    Figures.format("%,.1f", Math.abs(row.difference())),
                    Figures.format("%,.1f", row.spread()),
                    Figures.format("%.3f", row.sensitivity()),
                    Figures.format("%.3f", row.judgement().area()),
                    Figures.percent(row.judgement().thresholdError()),
                    Figures.percent(row.judgement().likelihoodError()),
                    Figures.format("%.4f", row.judgement().bits()),
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
                        Column.number("AUC against above"));
        for (SkippedLevels row : rows) {
            table.row(
                    row.threat(),
                    row.start() == 0 ? "at the root" : "below a level-" + row.start() + " entry",
                    Figures.format("%,d", row.walks()),
                    Figures.format("%,.1f", row.mean()),
                    Figures.format("%,.1f", row.deviation()),
                    row.area() == 0.5 ? "-" : Figures.format("%.3f", row.area()));
        }
        return table;
    }

    private static void curve(Document document, Result result) {
        Table table =
                new Table(
                        Column.number("samples averaged"),
                        Column.number("wrong"),
                        Column.number("Q(sqrt(N) d / 2s)"),
                        Column.number("99 % interval"),
                        Column.number("inside"));
        for (AveragingAttack.Point point : result.curve()) {
            table.row(
                    Figures.format("%,d", point.count()),
                    Figures.format("%.4f", (double) point.wrong() / point.trials()),
                    Figures.format("%.4f", point.predicted()),
                    Figures.format(
                            "%.4f to %.4f",
                            (double) point.low() / point.trials(),
                            (double) point.high() / point.trials()),
                    point.inside() ? "yes" : "NO");
        }
        AveragingAttack.Doubling doubling = result.doubling();
        document.paragraph(
                Figures.format(
                        "The hypervisor averages, noise of %.0f differences (s = %.0f d):",
                        result.curveRatio(), result.curveRatio()));
        document.table(table);
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

    private static Table defences(Result result) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("defence"));
        for (DefenceRow.Left left : result.defences().getFirst().left()) {
            String what = left.secret().equals(Secret.PAGE_SIZE.label()) ? "size" : "region";
            String who = left.threat().equals(ThreatModel.PROCESS.label()) ? "proc" : "hyp";
            columns.add(Column.number("bits").of(who + " " + what));
            columns.add(Column.number("for 1 %").of(who + " " + what));
        }
        result.options()
                .programs()
                .forEach(program ->
                        columns.add(
                                Column.number(
                                                program.replaceFirst(":.*", "")
                                                        .replaceFirst(".*/", ""))
                                        .of("slowdown")));
        Table table = new Table(columns);
        for (DefenceRow row : result.defences()) {
            List<String> cells = new ArrayList<>();
            cells.add(row.name());
            for (DefenceRow.Left left : row.left()) {
                cells.add(bits(left));
                cells.add(samples(left.samples()));
            }
            row.slowdown().forEach(slowdown -> cells.add(Figures.format("%.2fx", slowdown)));
            table.row(cells);
        }
        return table;
    }

    private static String samples(double count) {
        return count < 0 ? "-" : Figures.format("%,.0f", count);
    }

    private static String bits(DefenceRow.Left left) {
        return left.tellsSingly() ? Figures.format("%.4f", left.bits()) : "0*";
    }
}
