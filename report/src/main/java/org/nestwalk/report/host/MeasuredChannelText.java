package org.nestwalk.report.host;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.kvm.doctor.KvmKind;
import org.nestwalk.lab.channel.measured.BurstRow;
import org.nestwalk.lab.channel.measured.MeasuredResult;

/// The timing channel measured on a host, for people.
public final class MeasuredChannelText {
    private static final int WIDTH = 60;
    private static final String MEDIANS = "medians, ns";
    private static final String WRONG = "wrongly told by";
    private static final long LARGE_PAGE = 2L << 20;
    private static final double MANY_CUT = 0.1;
    private static final double SAME_AREA = 0.01;

    private MeasuredChannelText() {}

    /// Heading, table, drawing and conclusion.
    public static Document of(MeasuredResult result) {
        String place =
                result.kind().map(kind -> "in a guest of KVM, " + kind.text()).orElse("natively");
        Document document = new Document();
        document.lines(
                Figures.format(
                        "What the time of loads gives away on this host: %s mapped by 4K pages or"
                                + " by 2M pages, %s; %s.",
                        Figures.bytes(result.footprint()),
                        place,
                        result.processor().isEmpty() ? "unnamed processor" : result.processor()),
                Figures.format(
                        "Measured, so that times differ from run to run. Before each burst come"
                                + " %,d loads of the same mapping that are not timed.",
                        result.before()));
        document.table(table(result.rows()));
        document.paragraph(
                Figures.format(
                        """
                        d' is the difference of the means over their spread. AUC is the probability that a
                        burst takes longer on the pages that were slower in most pairs that estimators
                        learnt from (of the longest bursts: %s); control is the same for the bursts on 4K
                        pages that estimators learn from and those that they judge: 0.5 +- what follows,
                        if nothing but chance tells them apart.
                        """,
                        slower(result.longest())));
        document.drawing(width -> {
            StringBuilder strips = new StringBuilder();
            result.rows().forEach(row -> strips.append(strips(row, Math.min(WIDTH, width - 7))));
            return strips.toString();
        });
        document.paragraph(conclusion(result));
        return result.complete()
                ? document
                : document.paragraph("Interrupted: longer bursts were not measured.");
    }

    private static Table table(List<BurstRow> rows) {
        Table table =
                new Table(
                        Column.label("loads of a burst"),
                        Column.number("4K").of(MEDIANS),
                        Column.number("2M").of(MEDIANS),
                        Column.number("apart").of(MEDIANS),
                        Column.number("spread").of(MEDIANS),
                        Column.number("d'"),
                        Column.number("AUC"),
                        Column.number("control"),
                        Column.number("threshold").of(WRONG),
                        Column.number("likelihood").of(WRONG),
                        Column.number("bits"),
                        Column.number("bursts for 1 %"));
        for (BurstRow row : rows) {
            table.row(
                    Figures.format("%,d", row.loads()),
                    Figures.format("%,.1f", row.small()),
                    Figures.format("%,.1f", row.large()),
                    Figures.format("%,.1f", row.small() - row.large()),
                    Figures.format("%,.1f", row.spread()),
                    Figures.format("%.3f", row.sensitivity()),
                    Figures.format("%.3f", row.judgement().area()),
                    Figures.format("%.3f +- %.3f", row.control(), row.controlMargin()),
                    Figures.percent(row.judgement().thresholdError()),
                    Figures.percent(row.judgement().likelihoodError()),
                    Figures.format("%.4f", row.judgement().bits()),
                    row.bursts() < 0 ? "-" : Figures.format("%,.0f", row.bursts()));
        }
        return table;
    }

    /// Where the bursts of both mappings lie, one above the other.
    private static String strips(BurstRow row, int width) {
        double least = Math.min(row.smallTimes().getFirst(), row.largeTimes().getFirst());
        double most = Math.max(row.smallTimes().getLast(), row.largeTimes().getLast());
        String from = Figures.format("%,.1f ns", least);
        String to = Figures.format("%,.1f ns", most);
        return Figures.format(
                """
                  bursts of %,d, middle nine tenths (. all, = half, | median)
                    4K %s
                    2M %s
                       %s%s%s
                """,
                row.loads(),
                strip(row.smallTimes(), row.small(), least, most, width),
                strip(row.largeTimes(), row.large(), least, most, width),
                from,
                " ".repeat(Math.max(1, width - from.length() - to.length())),
                to);
    }

    private static String strip(
            List<Double> quantiles, double median, double least, double most, int width) {
        int last = quantiles.size() - 1;
        int quarter = quantiles.size() / 4;
        StringBuilder strip = new StringBuilder(" ".repeat(width));
        draw(
                strip,
                '.',
                column(quantiles.getFirst(), least, most, width),
                column(quantiles.get(last), least, most, width));
        draw(
                strip,
                '=',
                column(quantiles.get(quarter), least, most, width),
                column(quantiles.get(last - quarter), least, most, width));
        int middle = column(median, least, most, width);
        draw(strip, '|', middle, middle);
        return strip.toString().stripTrailing();
    }

    private static void draw(StringBuilder strip, char mark, int from, int to) {
        for (int i = from; i <= to; i++) {
            strip.setCharAt(i, mark);
        }
    }

    private static int column(double time, double least, double most, int width) {
        double part = most > least ? (time - least) / (most - least) : 0;
        return Math.clamp(Math.round(part * (width - 1)), 0, width - 1);
    }

    private static String slower(BurstRow row) {
        return row.judgement().largerIsOne() ? "2M" : "4K";
    }

    private static String conclusion(MeasuredResult result) {
        BurstRow longest = result.longest();
        BurstRow shortest = result.rows().getFirst();
        List<String> sentences = new ArrayList<>();
        if (result.isResolved()) {
            sentences.add(
                    Figures.format(
                            "What to conclude: a burst of %,d loads tells 4K from 2M mappings here,"
                                + " of which those by %s take longer (AUC %.3f, and %s of single"
                                + " bursts told wrongly).",
                            longest.loads(),
                            slower(longest),
                            longest.judgement().area(),
                            Figures.percent(longest.judgement().thresholdError())));
        } else {
            sentences.add(
                    Figures.format(
                            "What to conclude: this host does not resolve it: bursts of %,d loads"
                                    + " leave an AUC of %.3f, where above %.1f would be telling"
                                    + " mappings apart.",
                            longest.loads(), longest.judgement().area(), MeasuredResult.RESOLVED));
            sentences.addAll(reasons(result));
        }
        if (result.rows().size() > 1) {
            sentences.add(
                    Figures.format(
                            "%s leave an AUC of %.3f: %s.",
                            shortest.loads() == 1
                                    ? "Single loads"
                                    : "Bursts of " + shortest.loads(),
                            shortest.judgement().area(),
                            longest.judgement().area() > shortest.judgement().area() + SAME_AREA
                                    ? "averaging is what tells"
                                    : "averaging over longer bursts tells no more"));
        }
        if (Math.abs(longest.difference()) > 0
                && longest.difference() > 0 != longest.judgement().largerIsOne()) {
            sentences.add(
                    Figures.format(
                            "The means are the other way round, %.1f ns apart: a few bursts took"
                                    + " far longer, which d' heeds, and medians and AUC do not.",
                            Math.abs(longest.difference())));
        }
        if (Math.abs(longest.control() - 0.5) > longest.controlMargin()) {
            sentences.add(
                    "The control is off by more than chance: the host changed while it was"
                            + " measured, and a part of what is told apart may be that.");
        }
        return String.join(" ", sentences);
    }

    private static List<String> reasons(MeasuredResult result) {
        List<String> reasons = new ArrayList<>();
        BurstRow longest = result.longest();
        long largePages = result.footprint() / LARGE_PAGE;
        if (result.cutPages() > MANY_CUT * largePages) {
            reasons.add(
                    Figures.format(
                            "%,d of %,d large pages take as many TLB entries as small ones, as"
                                + " where a hypervisor below backs them by small pages: much of the"
                                + " secret is not in this processor's TLB.",
                            result.cutPages(), largePages));
        }
        if (longest.small() - longest.large() <= longest.spread()) {
            reasons.add(
                    Figures.format(
                            "The medians are %.1f ns apart, and bursts scatter by %.1f ns: quieter"
                                    + " hosts, longer bursts (--burst) or a larger footprint tell"
                                    + " more.",
                            longest.small() - longest.large(), longest.spread()));
        }
        if (result.kind().filter(KvmKind::isShadow).isPresent()) {
            reasons.add(
                    "Guests are translated by shadow tables here, which hold 2M pages only where"
                            + " the host's KVM makes them.");
        }
        return reasons;
    }
}
