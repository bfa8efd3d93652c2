package org.nestwalk.lab.labs.merging;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.merging.MergingResult.Channel;
import org.nestwalk.lab.labs.merging.MergingResult.Moment;
import org.nestwalk.lab.labs.merging.MergingResult.Stage;
import org.nestwalk.lab.labs.merging.MergingResult.Way;

/// What there is to say of [MergingResult].
final class MergingDocument {
    private static final long PAGE = GuestLayout.PAGE;

    private MergingDocument() {}

    static Document of(MergingResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Equal pages of %d guest{s}, on %s; each runs %s and has"
                                                + " loaded %,d page{s}",
                                        result.guests(),
                                        result.machine(),
                                        result.program(),
                                        result.imagePages()))
                        .paragraph(
                                Figures.format(
                                        "Apart they take %s after %s, of which %s could be saved"
                                                + " by keeping equal pages once.",
                                        Figures.bytes(result.apart()),
                                        Figures.time(result.nanoseconds()),
                                        Figures.bytes(result.possible() * PAGE)));
        if (!result.ways().isEmpty()) {
            document.table(ways(result)).table(moments(result)).pictures(saved(result));
        }
        return document.heading("The example of Difference Engine")
                .table(example(result))
                .heading("Times of writes, as a neighbour's secret")
                .table(channel(result))
                .conclusion(MergingConclusion.of(result));
    }

    private static Table ways(MergingResult result) {
        Table table =
                new Table(
                        Column.label("way"),
                        Column.number("at once").of("saved").moreIsBetter(),
                        Column.number("in the end").of("saved").moreIsBetter(),
                        Column.number("half after")
                                .meaning("when half of what is possible was saved")
                                .lessIsBetter(),
                        Column.number("merges"),
                        Column.number("copies")
                                .meaning("shared pages copied since they were written")
                                .lessIsBetter(),
                        Column.number("rebuilt")
                                .meaning("pages made of their patches again")
                                .lessIsBetter(),
                        Column.number("scanned").of("pages"),
                        Column.number("scanning").of("cycles").lessIsBetter(),
                        Column.number("of a CPU")
                                .meaning(
                                        "all cycles of the hypervisor, as a share of one CPU's"
                                                + " time")
                                .lessIsBetter());
        for (Way way : result.ways()) {
            table.row(
                    Cell.text(way.name()),
                    Cell.bytes(way.savedAtOnce() * PAGE),
                    Cell.bytes(way.saved() * PAGE),
                    way.halfAfter() < 0 ? Cell.no("never") : Cell.time(way.halfAfter()),
                    Cell.number("%,d", way.merged()),
                    Cell.number("%,d", way.copies()),
                    Cell.number("%,d", way.rebuilt()),
                    Cell.number("%,d", way.scanned()),
                    Cell.number("%,d", way.scanningCycles()),
                    Cell.percent(way.cpuShare()));
        }
        return table;
    }

    private static Table moments(MergingResult result) {
        List<Column> columns = new ArrayList<>(List.of(Column.label("pages saved after")));
        result.ways().forEach(way -> columns.add(Column.number(way.name()).moreIsBetter()));
        Table table = new Table(columns);
        List<Moment> times = result.ways().getFirst().moments();
        for (int i = 0; i < times.size(); i++) {
            List<Cell> cells = new ArrayList<>(List.of(Cell.time(times.get(i).nanoseconds())));
            for (Way way : result.ways()) {
                cells.add(Cell.number("%,d", way.moments().get(i).saved()));
            }
            table.cells(cells);
        }
        return table;
    }

    private static Document saved(MergingResult result) {
        return new Document()
                .series(
                        Series.curves(
                                "pages saved as time goes on",
                                Measure.of("time").in("ns"),
                                Measure.of("saved").in("bytes").moreIsBetter(),
                                result.ways().stream()
                                        .map(way ->
                                                new Series.Line(
                                                        way.name(),
                                                        "",
                                                        way.moments().stream()
                                                                .map(moment ->
                                                                        new Series.Point(
                                                                                moment
                                                                                        .nanoseconds(),
                                                                                moment.saved()
                                                                                        * PAGE))
                                                                .toList()))
                                        .toList()));
    }

    private static Table example(MergingResult result) {
        Table table =
                new Table(
                        Column.label("stage"),
                        Column.number("pages").lessIsBetter(),
                        Column.number("share").lessIsBetter(),
                        Column.number("published").meaning("Gupta et al., OSDI 2008"));
        for (Stage stage : result.example()) {
            table.row(
                    Cell.text(stage.name()),
                    Cell.number("%,d", stage.pages()),
                    Cell.percent(stage.share()),
                    Cell.percent(stage.published()));
        }
        return table;
    }

    private static Table channel(MergingResult result) {
        Table table =
                new Table(
                        Column.label("defence"),
                        Column.number("writes").meaning("timed of each kind"),
                        Column.number("held")
                                .of("cycles")
                                .meaning("mean of writes to pages that the neighbour holds, too"),
                        Column.number("not held").of("cycles"),
                        Column.number("d'").meaning("difference of the means in deviations"),
                        Column.number("told wrongly")
                                .meaning("share of single writes, by a threshold"));
        for (Channel channel : result.channel()) {
            table.row(
                    Cell.text(channel.defence()),
                    Cell.number("%,d", channel.samples()),
                    Cell.number("%,.0f", channel.sameCycles()),
                    Cell.number("%,.0f", channel.otherCycles()),
                    Cell.number("%.2f", channel.sensitivity()),
                    Cell.percent(channel.error()));
        }
        return table;
    }
}
