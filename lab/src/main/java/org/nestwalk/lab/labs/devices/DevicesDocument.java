package org.nestwalk.lab.labs.devices;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.document.Series.Point;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.devices.DevicesResult.GuestIommu;
import org.nestwalk.lab.labs.devices.DevicesResult.Misses;
import org.nestwalk.lab.labs.devices.DevicesResult.Move;
import org.nestwalk.lab.labs.devices.DevicesResult.Throughput;

/// What there is to say of [DevicesResult].
final class DevicesDocument {
    private DevicesDocument() {}

    static Document of(DevicesResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Protection from a network card of %s Gb/s, on %s at %.2f"
                                            + " GHz; a packet takes %,d cycle{s} without it, and an"
                                            + " invalidation %,d, with which strict protection has"
                                            + " %s of 10 Gb/s",
                                        plain(result.gigabits()),
                                        result.machine(),
                                        result.frequency(),
                                        result.packetCycles(),
                                        result.invalidationCycles(),
                                        Figures.percent(result.strictShare())))
                        .table(throughput(result.throughput()));
        if (!result.misses().isEmpty()) {
            document.heading("Walks of the unit").table(misses(result.misses()));
        }
        if (!result.guests().isEmpty()) {
            document.heading("A guest's own IOMMU, strict, 1,500 bytes")
                    .table(guests(result.guests()));
        }
        if (!result.moves().isEmpty()) {
            document.heading("A guest that moves while its device writes")
                    .table(moves(result.moves()));
        }
        return document.pictures(charts(result)).conclusion(DevicesConclusion.of(result));
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private static Table throughput(List<Throughput> rows) {
        Table table =
                new Table(
                        Column.label("protection"),
                        Column.number("packet").in("bytes"),
                        Column.number("of line").moreIsBetter(),
                        Column.number("busy")
                                .meaning("part of the time that the processor works")
                                .lessIsBetter(),
                        Column.number("all").of("cycles/packet").lessIsBetter(),
                        Column.number("tables").of("cycles/packet").lessIsBetter(),
                        Column.number("finding")
                                .of("cycles/packet")
                                .meaning("device addresses and mappings")
                                .lessIsBetter(),
                        Column.number("inval.")
                                .of("cycles/packet")
                                .meaning("invalidations that are waited for")
                                .lessIsBetter(),
                        Column.number("copies").of("cycles/packet").lessIsBetter(),
                        Column.number("page ms")
                                .of("exposed")
                                .meaning(
                                        "pages that were taken back, times the milliseconds that"
                                                + " the device still reached them")
                                .lessIsBetter(),
                        Column.number("pages").of("exposed").meaning("at once").lessIsBetter(),
                        Column.number("longest").of("exposed").lessIsBetter());
        for (Throughput row : rows) {
            table.row(
                    Cell.text(row.mode()),
                    Cell.number("%,d", row.packet()),
                    Cell.percent(row.share()),
                    Cell.percent(row.busy()),
                    Cell.number("%,.0f", row.cycles()),
                    Cell.number("%,.0f", row.tables()),
                    Cell.number("%,.0f", row.addresses()),
                    Cell.number("%,.0f", row.invalidations()),
                    Cell.number("%,.0f", row.copying()),
                    Cell.number("%,.1f", row.exposedPageNanos() / 1e6),
                    Cell.number("%,d", row.mostExposed()),
                    Cell.time(row.longestNanos()));
        }
        return table;
    }

    private static Table misses(List<Misses> rows) {
        Table table =
                new Table(
                        Column.label("ring"),
                        Column.text("pages"),
                        Column.number("device TLB").in("entries"),
                        Column.number("requests").in("/packet").lessIsBetter(),
                        Column.number("walks")
                                .in("/packet")
                                .meaning("requests that the IOTLB does not serve")
                                .lessIsBetter());
        for (Misses row : rows) {
            table.row(
                    Cell.text(Figures.format("%,d", row.ring())),
                    Cell.text(row.pages()),
                    row.deviceTlb() == 0 ? Cell.no("none") : Cell.number("%,d", row.deviceTlb()),
                    Cell.number("%.2f", row.requests()),
                    Cell.number("%.3f", row.walks()));
        }
        return table;
    }

    private static Table guests(List<GuestIommu> rows) {
        Table table =
                new Table(
                        Column.label("IOMMU"),
                        Column.number("exits")
                                .in("/packet")
                                .meaning("for the IOMMU alone")
                                .lessIsBetter(),
                        Column.number("interrupts")
                                .in("/packet")
                                .meaning("exits, too")
                                .lessIsBetter(),
                        Column.number("cycles").in("/packet").lessIsBetter(),
                        Column.number("of line").moreIsBetter(),
                        Column.number("pinned")
                                .meaning("part of the guest's memory, at most")
                                .lessIsBetter());
        for (GuestIommu row : rows) {
            table.row(
                    Cell.text(row.way()),
                    Cell.number("%.2f", row.exits()),
                    Cell.number("%.3f", row.interrupts()),
                    Cell.number("%,.0f", row.cycles()),
                    Cell.percent(row.share()),
                    Cell.percent(row.pinned()));
        }
        return table;
    }

    private static Table moves(List<Move> rows) {
        Table table =
                new Table(
                        Column.label("writes are found by"),
                        Column.number("rounds"),
                        Column.number("pages sent").lessIsBetter(),
                        Column.number("device stands").lessIsBetter(),
                        Column.number("wrong pages").meaning("at the target").lessIsBetter());
        for (Move row : rows) {
            table.row(
                    Cell.text(row.tracking()),
                    Cell.number("%,d", row.rounds()),
                    Cell.number("%,d", row.pages()),
                    Cell.time(row.pausedNanos()),
                    Cell.number("%,d", row.wrongPages()));
        }
        return table;
    }

    private static Document charts(DevicesResult result) {
        Map<String, List<Point>> shares = new LinkedHashMap<>();
        for (Throughput row : result.throughput()) {
            shares.computeIfAbsent(row.mode(), _ -> new ArrayList<>())
                    .add(new Point(row.packet(), row.share()));
        }
        Map<String, List<Point>> walks = new LinkedHashMap<>();
        for (Misses row : result.misses()) {
            String name = row.pages() + (row.deviceTlb() == 0 ? "" : ", device TLB");
            walks.computeIfAbsent(name, _ -> new ArrayList<>())
                    .add(new Point(row.ring(), row.walks()));
        }
        Document document = new Document();
        addCurves(
                document,
                "throughput by size of packets",
                Measure.of("packet").in("bytes").logarithmic(),
                Measure.of("part of the line's rate").moreIsBetter(),
                shares);
        addCurves(
                document,
                "walks of the unit by size of the ring",
                Measure.of("ring").in("descriptors").logarithmic(),
                Measure.of("walks").in("/packet").lessIsBetter(),
                walks);
        return document;
    }

    /// Curves of those that have more than one point, in ascending order.
    private static void addCurves(
            Document document, String name, Measure x, Measure y, Map<String, List<Point>> lines) {
        List<Line> curves =
                lines.entrySet().stream()
                        .filter(line ->
                                line.getValue().stream().map(Point::x).distinct().count() > 1)
                        .map(line ->
                                new Line(
                                        line.getKey(),
                                        "",
                                        line.getValue().stream()
                                                .sorted((a, b) -> Double.compare(a.x(), b.x()))
                                                .toList()))
                        .toList();
        if (!curves.isEmpty()) {
            document.series(Series.curves(name, x, y, curves));
        }
    }
}
