package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.lab.channel.AveragingAttack;
import org.nestwalk.lab.channel.ChannelStory.Result;
import org.nestwalk.lab.channel.DefenceRow;
import org.nestwalk.lab.channel.Secret;
import org.nestwalk.lab.channel.SingleMeasurement;
import org.nestwalk.lab.channel.SkippedLevels;
import org.nestwalk.lab.channel.ThreatModel;
import org.nestwalk.report.Figures;
import org.nestwalk.report.TextTable;

/// [org.nestwalk.lab.channel.ChannelStory] for people.
public final class ChannelText {
    private ChannelText() {}

    /// Heading, tables and conclusion.
    ///
    /// @param machine the processor's name
    public static String of(String machine, Result result) {
        StringBuilder text = new StringBuilder();
        text.append(
                Figures.format(
                        "What the time of page walks gives away, on %s; noise of %,.0f cycles%n%n",
                        machine, result.options().noise()));
        for (ThreatModel threat : ThreatModel.values()) {
            text.append(Figures.format("  %s: %s%n", threat.label(), threat.statement()));
        }
        return text.append('\n')
                .append(single(result.single()))
                .append(skipped(result.skipped()))
                .append(curve(result))
                .append(defences(result))
                .append(ChannelConclusion.of(result))
                .toString();
    }

    private static String single(List<SingleMeasurement> rows) {
        TextTable table = new TextTable().numeric();
        table.row(
                "attacker",
                "secret",
                "difference",
                "spread",
                "d'",
                "AUC",
                "threshold wrong",
                "likelihood wrong",
                "bits",
                "samples for 1 %");
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
        return "Single measurements, nothing done against it:\n\n" + table.text("  ") + "\n";
    }

    private static String skipped(List<SkippedLevels> rows) {
        TextTable table = new TextTable().numeric();
        table.row("attacker", "walk began", "walks", "mean cycles", "spread", "AUC against above");
        for (SkippedLevels row : rows) {
            table.row(
                    row.threat(),
                    row.start() == 0 ? "at the root" : "below a level-" + row.start() + " entry",
                    Figures.format("%,d", row.walks()),
                    Figures.format("%,.1f", row.mean()),
                    Figures.format("%,.1f", row.deviation()),
                    row.area() == 0.5 ? "-" : Figures.format("%.3f", row.area()));
        }
        return "Levels that a walk of 4K pages skipped:\n\n" + table.text("  ") + "\n";
    }

    private static String curve(Result result) {
        TextTable table = new TextTable().numeric();
        table.row("samples averaged", "wrong", "Q(sqrt(N) d / 2s)", "99 % interval", "inside");
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
        return Figures.format(
                        "The hypervisor averages, noise of %.0f differences (s = %.0f d):%n%n",
                        result.curveRatio(), result.curveRatio())
                + table.text("  ")
                + Figures.format(
                        "%n  samples for 1 %%: %.1f at s = %.0f d (formula %.1f), %.1f at twice"
                                + " that: %.2f times%n%n",
                        doubling.single(),
                        doubling.ratio(),
                        doubling.predicted(),
                        doubling.doubled(),
                        doubling.factor());
    }

    private static String defences(Result result) {
        TextTable table = new TextTable().numeric();
        List<String> head = new ArrayList<>();
        head.add("defence");
        for (DefenceRow.Left left : result.defences().getFirst().left()) {
            String what = left.secret().equals(Secret.PAGE_SIZE.label()) ? "size" : "region";
            String who = left.threat().equals(ThreatModel.PROCESS.label()) ? "proc" : "hyp";
            head.add(who + " " + what + ": bits");
            head.add("for 1 %");
        }
        result.options()
                .programs()
                .forEach(program ->
                        head.add(program.replaceFirst(":.*", "").replaceFirst(".*/", "")));
        table.row(head.toArray(String[]::new));
        for (DefenceRow row : result.defences()) {
            List<String> cells = new ArrayList<>();
            cells.add(row.name());
            for (DefenceRow.Left left : row.left()) {
                cells.add(bits(left));
                cells.add(samples(left.samples()));
            }
            row.slowdown().forEach(slowdown -> cells.add(Figures.format("%.2fx", slowdown)));
            table.row(cells.toArray(String[]::new));
        }
        return """
        Defences: bits that a measurement still tells of page size and region, samples to average
        for an error of 1 %, and the slowdown of programs on 2M pages. 0*: 40,000 measurements do not
        tell it from chance; -: nor do the averages of 400,000.

        """
                + table.text("  ")
                + "\n";
    }

    private static String samples(double count) {
        return count < 0 ? "-" : Figures.format("%,.0f", count);
    }

    private static String bits(DefenceRow.Left left) {
        return left.tellsSingly() ? Figures.format("%.4f", left.bits()) : "0*";
    }
}
