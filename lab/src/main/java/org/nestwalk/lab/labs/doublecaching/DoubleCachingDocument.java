package org.nestwalk.lab.labs.doublecaching;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Bias;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Effect;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Hypothesis;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Mode;
import org.nestwalk.lab.labs.doublecaching.DoubleCachingResult.Observation;

/// What there is to say of [DoubleCachingResult].
final class DoubleCachingDocument {
    static final String FETCHES = "what is read from the disk";
    static final String FRESH = "frames backed for the first time";

    private static final long PAGE = 4096;

    private DoubleCachingDocument() {}

    static Document of(DoubleCachingResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "A guest on %s reads a file of %,d page{s}, with its pages"
                                            + " cached or not by guest and host, into frames that"
                                            + " are fresh or not; %,d replicate{s} in a random"
                                            + " order",
                                        result.machine() == null
                                                ? "this host's KVM"
                                                : result.machine(),
                                        result.pages(),
                                        result.replicates()))
                        .table(cells(result))
                        .paragraph(
                                "Analysis of variance: what each factor, and each interaction,"
                                        + " does for each page read")
                        .table(effects(result.effects()))
                        .paragraph("What faults may follow")
                        .table(hypotheses(result.hypotheses()));
        if (result.biases() != null) {
            document.paragraph("The same with something let in that is no factor")
                    .table(biases(result.biases()));
        }
        if (result.modes() != null && !result.modes().isEmpty()) {
            document.paragraph("Where caches are, and what that saves and costs")
                    .table(modes(result.modes()))
                    .pictures(new Document().series(overTime(result)));
        }
        return document.conclusion(DoubleCachingConclusion.of(result));
    }

    /// Means of each cell.
    private static Table cells(DoubleCachingResult result) {
        Table table =
                new Table(
                        Column.label("guest cache"),
                        Column.label("host cache"),
                        Column.label("frames"),
                        Column.number("read").of("pages"),
                        Column.number("from disk").of("pages"),
                        Column.number("fresh").of("pages").meaning("backed meanwhile"),
                        Column.number("faults").lessIsBetter(),
                        Column.number("a page").in("ns").of("time").lessIsBetter());
        for (int number = 0; number < CacheState.COUNT; number++) {
            int cell = number;
            List<Observation> here =
                    result.observations().stream().filter(one -> one.cell() == cell).toList();
            if (here.isEmpty()) {
                continue;
            }
            Observation first = here.getFirst();
            table.row(
                    Cell.text(first.guestCold() ? "cold" : "warm"),
                    Cell.text(first.hostCold() ? "cold" : "warm"),
                    Cell.text(first.fresh() ? "fresh" : "recycled"),
                    Cell.number("%,d", here.stream().mapToLong(Observation::pages).sum()),
                    Cell.number("%,d", here.stream().mapToLong(Observation::diskPages).sum()),
                    Cell.number("%,d", here.stream().mapToLong(Observation::freshPages).sum()),
                    Cell.number("%,d", here.stream().mapToLong(Observation::faults).sum()),
                    Cell.number(
                            "%,.0f",
                            (double) here.stream().mapToLong(Observation::nanoseconds).sum()
                                    / here.stream().mapToLong(Observation::pages).sum()));
        }
        return table;
    }

    private static Table effects(List<Effect> effects) {
        Table table =
                new Table(
                        Column.label("response"),
                        Column.label("term"),
                        Column.number("effect"),
                        Column.number("from").of("95 % interval"),
                        Column.number("to").of("95 % interval"),
                        Column.number("part")
                                .meaning("eta squared: part of the response's variation"),
                        Column.number("p").meaning("probability of such an effect by chance"));
        for (Effect effect : effects) {
            String format = effect.response().equals(Factorial.TIME) ? "%,.0f" : "%.4f";
            table.row(
                    Cell.text(effect.response()),
                    Cell.text(effect.term()),
                    Cell.number(format, effect.effect()),
                    Cell.number(format, effect.lower()),
                    Cell.number(format, effect.upper()),
                    Cell.percent(effect.etaSquared()),
                    Cell.number("%.2g", effect.p()));
        }
        return table;
    }

    private static Table hypotheses(List<Hypothesis> hypotheses) {
        Table table =
                new Table(
                        Column.label("faults follow"),
                        Column.number("F")
                                .meaning(
                                        "against a model with both quantities and their product;"
                                                + " infinite if that leaves nothing"),
                        Column.number("p").meaning("probability of that if it is so"),
                        Column.text("verdict"));
        for (Hypothesis one : hypotheses) {
            table.row(
                    Cell.text(one.name()),
                    one.f() < 0 ? Cell.no("infinite") : Cell.number("%,.2f", one.f()),
                    Cell.number("%.2g", one.p()),
                    Cell.text(one.isRejected() ? "rejected" : "not rejected"));
        }
        return table;
    }

    private static Table biases(List<Bias> biases) {
        Table table =
                new Table(
                        Column.label("let in"),
                        Column.number("fresh frames").of("effect on faults"),
                        Column.number("host cold").of("effect on faults"),
                        Column.number("fresh frames").of("bias"),
                        Column.number("host cold").of("bias"));
        for (Bias bias : biases) {
            table.row(
                    Cell.text(bias.confounder()),
                    Cell.number("%.4f", bias.freshEffect()),
                    Cell.number("%.4f", bias.hostEffect()),
                    Cell.number("%+.4f", bias.freshBias()),
                    Cell.number("%+.4f", bias.hostBias()));
        }
        return table;
    }

    private static Table modes(List<Mode> modes) {
        Table table =
                new Table(
                        Column.label("cache"),
                        Column.number("guest").of("cached").lessIsBetter(),
                        Column.number("host").of("cached").lessIsBetter(),
                        Column.number("twice")
                                .of("cached")
                                .meaning("pages that both keep, at the end")
                                .lessIsBetter(),
                        Column.number("most twice").of("cached").lessIsBetter(),
                        Column.number("faults").lessIsBetter(),
                        Column.number("requests")
                                .meaning("to the disk or the file system, each an exit")
                                .lessIsBetter(),
                        Column.number("from disk").of("pages").lessIsBetter(),
                        Column.number("first").of("pass").lessIsBetter(),
                        Column.number("later").of("pass").lessIsBetter(),
                        Column.number("cold")
                                .of("pass")
                                .meaning("after the guest has forgotten all that it kept")
                                .lessIsBetter());
        for (Mode mode : modes) {
            table.row(
                    Cell.text(mode.mode()),
                    Cell.bytes(mode.guestPages() * PAGE),
                    Cell.bytes(mode.hostPages() * PAGE),
                    Cell.bytes(mode.twicePages() * PAGE),
                    Cell.bytes(mode.mostTwice() * PAGE),
                    Cell.number("%,d", mode.faults()),
                    Cell.number("%,d", mode.requests()),
                    Cell.number("%,d", mode.diskPages()),
                    Cell.time(mode.firstNanoseconds()),
                    mode.laterNanoseconds() == null
                            ? Cell.none()
                            : Cell.time(mode.laterNanoseconds()),
                    Cell.time(mode.coldNanoseconds()));
        }
        return table;
    }

    private static Series overTime(DoubleCachingResult result) {
        List<Series.Line> lines = new ArrayList<>();
        for (Mode mode : result.modes() == null ? List.<Mode>of() : result.modes()) {
            List<Series.Point> points = new ArrayList<>();
            int count = mode.overTime().size();
            for (int i = 0; i < count; i++) {
                points.add(new Series.Point((i + 1.0) / count, mode.overTime().get(i) * PAGE));
            }
            lines.add(new Series.Line(mode.mode(), "", points));
        }
        return Series.curves(
                "Memory held twice",
                Measure.of("part of the run"),
                Measure.of("held twice").in("bytes").lessIsBetter(),
                lines);
    }
}
