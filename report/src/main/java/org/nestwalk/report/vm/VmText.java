package org.nestwalk.report.vm;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.percent;
import static org.nestwalk.document.Figures.ratio;
import static org.nestwalk.document.Figures.share;
import static org.nestwalk.document.Figures.time;
import static org.nestwalk.report.vm.TextParts.exits;
import static org.nestwalk.report.vm.TextParts.pages;
import static org.nestwalk.report.vm.TextParts.tasks;
import static org.nestwalk.report.vm.TextParts.times;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.Quantities;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.vm.VmResult;

/// Programs in a virtual machine, for people: a screen and a half.
public final class VmText {
    private VmText() {}

    /// All that there is to say.
    public static Document of(VmReport report) {
        Document document = new Document().lines(heading(report));
        tasks(document, report.tasks());
        document.table(exits(report.exits()));
        document.table(cycles(report.cycles()));
        document.paragraph(translation(report));
        pages(document, report.pages(), report.guest());
        document.drawing(width -> PageChart.of(report.timeline(), report.nanoseconds(), width));
        if (report.host() != null) {
            document.lines(host(report.host(), report.manifest().options()));
        }
        return document.paragraph("Model: " + report.manifest().model() + ".")
                .paragraph(VmConclusion.of(report));
    }

    private static List<String> heading(VmReport report) {
        VmManifest.Options options = report.manifest().options();
        List<String> lines = new ArrayList<>();
        lines.add(
                format(
                        "%s on %s: %s on %s, %s simulated",
                        name(options.mode()),
                        report.manifest().machine(),
                        counted(report.translation().accesses(), "access"),
                        counted(options.vcpus(), "virtual CPU"),
                        time(report.nanoseconds() - report.warmupNanoseconds())));
        String guest =
                format(
                        "guest: %s, %s pages, khugepaged %s, %s",
                        Quantities.formatSize(options.memoryBytes()),
                        options.guestPages(),
                        options.guestKhugepaged() == 0 ? "off" : times(options.guestKhugepaged()),
                        options.pcid() ? "PCIDs" : "no PCIDs");
        Long hostBytes = options.hostBytes();
        String backing = options.backing();
        if (hostBytes == null || backing == null) {
            lines.add(guest + "; fragmentation " + options.fragmentation());
        } else {
            lines.add(guest);
            lines.addAll(host(options, hostBytes, backing));
        }
        lines.addAll(TextParts.leftOut(options.warmup(), report.warnings()));
        if (options.parallel()) {
            lines.add("in parallel: cycles differ from run to run");
        }
        if (!report.complete()) {
            lines.add("interrupted: this is what there was so far");
        }
        return lines;
    }

    private static List<String> host(VmManifest.Options options, long hostBytes, String backing) {
        String khugepaged =
                options.khugepaged() == null ? "" : " (" + times(options.khugepaged()) + ")";
        String line =
                format(
                        "host: %s, backing %s%s, fragmentation %s%s",
                        Quantities.formatSize(hostBytes),
                        backing,
                        khugepaged,
                        options.fragmentation(),
                        options.hint() == null ? "" : ", takes hints for large pages");
        return hostBytes < options.memoryBytes()
                ? List.of(
                        line, "memory is overcommitted: the guest may touch more than the host has")
                : List.of(line);
    }

    private static String name(String mode) {
        return switch (mode) {
            case "nested" -> "nested paging";
            case "shadow" -> "shadow paging";
            default -> mode;
        };
    }

    private static Table cycles(CycleReport cycles) {
        Table table =
                new Table(
                        Column.label("spent on"), Column.number("cycles"), Column.number("share"));
        if (cycles.accesses() > 0) {
            addCycles(table, "accesses", cycles.accesses(), cycles.total());
        }
        addCycles(table, "data in caches and memory", cycles.data(), cycles.total());
        addCycles(table, "translation", cycles.translation(), cycles.total());
        for (Map.Entry<String, Long> cost : cycles.software().entrySet()) {
            addCycles(table, cost.getKey(), cost.getValue(), cycles.total());
        }
        for (Map.Entry<String, Long> cost : cycles.background().entrySet()) {
            addCycles(table, cost.getKey() + ", in background", cost.getValue(), cycles.total());
        }
        addCycles(table, "all", cycles.total(), cycles.total());
        return table;
    }

    private static void addCycles(Table table, String name, long cycles, long total) {
        table.row(name, format("%,d", cycles), share(cycles, total));
    }

    private static String translation(VmReport report) {
        TranslationReport counts = report.translation();
        String second =
                report.manifest().options().mode().equals("nested")
                        ? format(
                                " and %s to the second level's",
                                ratio(counts.secondLevelReferences(), counts.walks()))
                        : "";
        return format(
                "TLB misses per 1000 accesses: %s first level, %s second. %s with %s"
                        + " references to tables%s on average. %s cycles of translation per"
                        + " access; %s.",
                ratio(1000 * counts.l1Misses(), counts.accesses()),
                ratio(1000 * counts.l2Misses(), counts.accesses()),
                counted(counts.walks(), "walk"),
                ratio(counts.guestReferences(), counts.walks()),
                second,
                ratio(counts.cycles(), counts.accesses()),
                counted(counts.splinteredFills(), "splintered fill"));
    }

    private static List<String> host(VmResult.Host host, VmManifest.Options options) {
        List<String> lines = new ArrayList<>();
        lines.add(
                format(
                        "host memory in which no 2M page fits: %s before, %s after; %s" + " moved",
                        percent(host.unusableBefore()),
                        percent(host.unusableAfter()),
                        counted(host.pagesMoved(), "page")));
        if (options.khugepaged() != null) {
            lines.add(format("host's khugepaged: %,d collapsed", host.collapses()));
        }
        if (options.hint() != null) {
            lines.add(
                    format(
                            "hints: %,d kept at first touch, %,d backed at once, %,d refused",
                            host.hintsKept(), host.hintsAtOnce(), host.hintsRefused()));
        }
        return lines;
    }
}
