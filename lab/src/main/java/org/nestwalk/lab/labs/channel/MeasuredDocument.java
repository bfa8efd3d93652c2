package org.nestwalk.lab.labs.channel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Distribution;
import org.nestwalk.document.Distribution.Part;
import org.nestwalk.document.Distribution.Percentile;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Table;
import org.nestwalk.kvm.doctor.KvmKind;
import org.nestwalk.lab.labs.channel.measured.BurstRow;
import org.nestwalk.lab.labs.channel.measured.MeasuredResult;
import org.nestwalk.lab.statistics.RocChart;

/// What there is to say of [MeasuredResult].
final class MeasuredDocument {
    private static final String MEDIANS = "medians, ns";
    private static final String WRONG = "wrongly told by";
    private static final long LARGE_PAGE = 2L << 20;
    private static final double MANY_CUT = 0.1;
    private static final double SAME_AREA = 0.01;
    private static final double EITHER = 0.5;

    private MeasuredDocument() {}

    static Document of(MeasuredResult result) {
        KvmKind kind = result.kind();
        String place = kind == null ? "natively" : "in a guest of KVM, " + kind.text();
        Document document = new Document();
        document.lines(
                Figures.format(
                        "What the time of loads gives away on this host: %s mapped by 4K pages or"
                                + " by 2M pages, %s; %s, Linux %s.",
                        Figures.bytes(result.footprint()),
                        place,
                        result.processor().isEmpty() ? "unnamed processor" : result.processor(),
                        result.kernel()),
                Figures.format(
                        "Measured, so that times differ from run to run. Before each burst come"
                                + " %,d load{s} of the same mapping that {is|are} not timed.",
                        result.before()));
        document.table(table(result.rows(), slower(result.longest())));
        result.rows().forEach(row -> document.distribution(times(row)));
        document.pictures(
                new Document()
                        .series(
                                RocChart.of(
                                        "ROC of single bursts",
                                        result.rows().stream()
                                                .map(row ->
                                                        ChannelDocument.roc(
                                                                Figures.format(
                                                                        "%,d load{s}", row.loads()),
                                                                row.judgement()))
                                                .toList())));
        document.conclusion(conclusion(result));
        return result.complete()
                ? document
                : document.paragraph("Interrupted: longer bursts were not measured.");
    }

    private static Table table(List<BurstRow> rows, String slower) {
        Table table =
                new Table(
                        Column.label("loads of a burst"),
                        Column.number("4K").of(MEDIANS),
                        Column.number("2M").of(MEDIANS),
                        Column.number("apart").of(MEDIANS),
                        Column.number("spread").of(MEDIANS),
                        Column.number("d'")
                                .meaning("the difference of the means over their spread"),
                        Column.number("AUC")
                                .meaning(
                                        "the probability that a burst takes longer on the pages"
                                                + " that were slower in most pairs that estimators"
                                                + " learnt from (of the longest bursts: "
                                                + slower
                                                + ")"),
                        Column.number("control")
                                .meaning(
                                        "the same for the bursts on 4K pages that estimators learn"
                                                + " from and those that they judge, 0.5 up to the"
                                                + " margin if nothing but chance tells them apart"),
                        Column.number("margin"),
                        Column.number("threshold").of(WRONG),
                        Column.number("likelihood").of(WRONG),
                        Column.number("bits").meaning("that a burst tells"),
                        Column.number("bursts for 1 %").meaning("to average for an error of 1 %"));
        for (BurstRow row : rows) {
            table.row(
                    Cell.number("%,d", row.loads()),
                    Cell.number("%,.1f", row.small()),
                    Cell.number("%,.1f", row.large()),
                    Cell.number("%,.1f", row.small() - row.large()),
                    Cell.number("%,.1f", row.spread()),
                    Cell.number("%.3f", row.sensitivity()),
                    Cell.number("%.3f", row.judgement().area()),
                    Cell.number("%.3f", row.control()),
                    Cell.number("%.3f", row.controlMargin()),
                    Cell.percent(row.judgement().thresholdError()),
                    Cell.percent(row.judgement().likelihoodError()),
                    Cell.number("%.4f", row.judgement().bits()),
                    row.bursts() < 0 ? Cell.none() : Cell.number("%,.0f", row.bursts()));
        }
        return table;
    }

    /// Where the bursts of both mappings lie.
    private static Distribution times(BurstRow row) {
        return new Distribution(
                Figures.format("bursts of %,d", row.loads()),
                Measure.of("time of a load").in("ns"),
                Measure.of("bursts"),
                List.of(
                        Part.percentiles("4K", percentiles(row.smallTimes(), row.small())),
                        Part.percentiles("2M", percentiles(row.largeTimes(), row.large()))));
    }

    private static List<Percentile> percentiles(List<Double> quantiles, double median) {
        List<Percentile> percentiles = new ArrayList<>(List.of(new Percentile(0.5, median)));
        for (int i = 0; i < quantiles.size(); i++) {
            percentiles.add(new Percentile((i + 0.5) / quantiles.size(), quantiles.get(i)));
        }
        percentiles.sort(Comparator.comparingDouble(Percentile::part));
        return percentiles;
    }

    private static String slower(BurstRow row) {
        return row.judgement().largerIsOne() ? "2M" : "4K";
    }

    private static Conclusion conclusion(MeasuredResult result) {
        BurstRow longest = result.longest();
        Conclusion conclusion = new Conclusion();
        conclusion
                .expect(
                        "bursts-tell-mappings-apart",
                        Condition.above(
                                "AUC of the longest bursts",
                                longest.judgement().area(),
                                "telling apart",
                                MeasuredResult.RESOLVED,
                                0))
                .say(
                        "A burst of %1$,d load{s} tells 4K from 2M mappings here, of which those by"
                                + " %2$s take longer (AUC %3$.3f, and %4$s of single bursts told"
                                + " wrongly).",
                        "This host does not resolve it: bursts of %1$,d load{s} leave an AUC of"
                                + " %3$.3f, where above %5$.1f would be telling mappings apart.",
                        longest.loads(),
                        slower(longest),
                        longest.judgement().area(),
                        Figures.percent(longest.judgement().thresholdError()),
                        MeasuredResult.RESOLVED);
        if (!result.tells()) {
            reasons(conclusion, result);
        }
        BurstRow shortest = result.rows().getFirst();
        if (result.rows().size() > 1) {
            conclusion
                    .expect(
                            "averaging-is-what-tells",
                            Condition.above(
                                    "AUC of the longest bursts",
                                    longest.judgement().area(),
                                    "of the shortest",
                                    shortest.judgement().area(),
                                    SAME_AREA))
                    .say(
                            "%s leave an AUC of %.3f: averaging is what tells.",
                            "%s leave an AUC of %.3f: averaging over longer bursts tells no more.",
                            shortest.loads() == 1
                                    ? "Single loads"
                                    : "Bursts of " + shortest.loads(),
                            shortest.judgement().area());
        }
        if (Math.abs(longest.difference()) > 0
                && longest.difference() > 0 != longest.judgement().largerIsOne()) {
            conclusion.say(
                    "The means are the other way round, %.1f ns apart: a few bursts took far"
                            + " longer, which d' heeds, and medians and AUC do not.",
                    Math.abs(longest.difference()));
        }
        conclusion
                .expect(
                        "the-host-stayed-the-same",
                        Condition.alike(
                                "AUC of the control",
                                longest.control(),
                                "chance",
                                EITHER,
                                longest.controlMargin()))
                .say(
                        "The control, %.3f, is off by no more than chance.",
                        "The control, %.3f, is off by more than chance: the host changed while it"
                                + " was measured, and a part of what is told apart may be that.",
                        longest.control());
        return conclusion;
    }

    private static void reasons(Conclusion conclusion, MeasuredResult result) {
        BurstRow longest = result.longest();
        long largePages = result.footprint() / LARGE_PAGE;
        if (result.cutPages() > MANY_CUT * largePages) {
            conclusion.say(
                    "%,d of %,d large pages take as many TLB entries as small ones, as where a"
                            + " hypervisor below backs them by small pages: much of the secret is"
                            + " not in this processor's TLB.",
                    result.cutPages(), largePages);
        }
        if (longest.small() - longest.large() <= longest.spread()) {
            conclusion.say(
                    "The medians are %.1f ns apart, and bursts scatter by %.1f ns: quieter hosts,"
                            + " longer bursts or a larger footprint tell more.",
                    longest.small() - longest.large(), longest.spread());
        }
        KvmKind kind = result.kind();
        if (kind != null && kind.isShadow()) {
            conclusion.say(
                    "Guests are translated by shadow tables here, which hold 2M pages only where"
                            + " the host's KVM makes them.");
        }
    }
}
