package org.nestwalk.report.vm;

import static org.nestwalk.report.Figures.format;
import static org.nestwalk.report.Figures.percent;
import static org.nestwalk.report.Figures.ratio;
import static org.nestwalk.report.Figures.share;
import static org.nestwalk.report.Figures.time;
import static org.nestwalk.report.vm.TextParts.INDENT;
import static org.nestwalk.report.vm.TextParts.exits;
import static org.nestwalk.report.vm.TextParts.pages;
import static org.nestwalk.report.vm.TextParts.tasks;
import static org.nestwalk.report.vm.TextParts.times;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.Quantities;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.report.Paragraph;
import org.nestwalk.report.TextTable;

/// Programs in a virtual machine, for people: a screen and a half.
public final class VmText {
    private VmText() {}

    /// All that there is to say.
    public static String of(VmReport report) {
        List<String> parts = new ArrayList<>();
        parts.add(heading(report));
        parts.add(tasks(report.tasks()));
        if (!report.exits().isEmpty()) {
            parts.add(exits(report.exits()));
        }
        parts.add(cycles(report.cycles()));
        parts.add(translation(report));
        parts.add(pages(report.pages(), report.guest()));
        parts.add(PageChart.of(report.timeline(), report.nanoseconds()));
        if (report.host() != null) {
            parts.add(host(report.host(), report.manifest().options()));
        }
        parts.add(Paragraph.of("Model: " + report.manifest().model() + ".", ""));
        parts.add(VmConclusion.of(report));
        return String.join("\n", parts);
    }

    private static String heading(VmReport report) {
        VmManifest.Options options = report.manifest().options();
        StringBuilder text = new StringBuilder();
        text.append(
                format(
                        "%s on %s: %,d accesses on %d virtual %s, %s simulated%n",
                        name(options.mode()),
                        report.manifest().machine(),
                        report.translation().accesses(),
                        options.vcpus(),
                        options.vcpus() == 1 ? "CPU" : "CPUs",
                        time(report.nanoseconds() - report.warmupNanoseconds())));
        text.append(
                format(
                        "guest: %s, %s pages, khugepaged %s, %s",
                        Quantities.formatSize(options.memoryBytes()),
                        options.guestPages(),
                        options.guestKhugepaged() == 0 ? "off" : times(options.guestKhugepaged()),
                        options.pcid() ? "PCIDs" : "no PCIDs"));
        Long hostBytes = options.hostBytes();
        String backing = options.backing();
        if (hostBytes == null || backing == null) {
            text.append(format("; fragmentation %s%n", options.fragmentation()));
        } else {
            text.append(host(options, hostBytes, backing));
        }
        text.append(TextParts.leftOut(options.warmup(), report.nonCanonical()));
        if (options.parallel()) {
            text.append("in parallel: cycles differ from run to run\n");
        }
        if (!report.complete()) {
            text.append("interrupted: this is what there was so far\n");
        }
        return text.toString();
    }

    private static String host(VmManifest.Options options, long hostBytes, String backing) {
        String khugepaged =
                options.khugepaged() == null ? "" : " (" + times(options.khugepaged()) + ")";
        String line =
                format(
                        "%nhost: %s, backing %s%s, fragmentation %s%s%n",
                        Quantities.formatSize(hostBytes),
                        backing,
                        khugepaged,
                        options.fragmentation(),
                        options.hint() == null ? "" : ", takes hints for large pages");
        return hostBytes < options.memoryBytes()
                ? line + "memory is overcommitted: the guest may touch more than the host has\n"
                : line;
    }

    private static String name(String mode) {
        return switch (mode) {
            case "nested" -> "nested paging";
            case "shadow" -> "shadow paging";
            default -> mode;
        };
    }

    private static String cycles(CycleReport cycles) {
        TextTable table = new TextTable().numeric().row("spent on", "cycles", "share");
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
        return table.text(INDENT);
    }

    private static void addCycles(TextTable table, String name, long cycles, long total) {
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
        return Paragraph.of(
                format(
                        "TLB misses per 1000 accesses: %s first level, %s second. %,d walks with %s"
                                + " references to tables%s on average. %s cycles of translation per"
                                + " access; %,d splintered fills.",
                        ratio(1000 * counts.l1Misses(), counts.accesses()),
                        ratio(1000 * counts.l2Misses(), counts.accesses()),
                        counts.walks(),
                        ratio(counts.guestReferences(), counts.walks()),
                        second,
                        ratio(counts.cycles(), counts.accesses()),
                        counts.splinteredFills()),
                INDENT);
    }

    private static String host(VmResult.Host host, VmManifest.Options options) {
        StringBuilder text = new StringBuilder();
        text.append(
                format(
                        "%shost memory in which no 2M page fits: %s before, %s after; %,d pages"
                                + " moved%n",
                        INDENT,
                        percent(host.unusableBefore()),
                        percent(host.unusableAfter()),
                        host.pagesMoved()));
        if (options.khugepaged() != null) {
            text.append(format("%shost's khugepaged: %,d collapsed%n", INDENT, host.collapses()));
        }
        if (options.hint() != null) {
            text.append(
                    format(
                            "%shints: %,d kept at first touch, %,d backed at once, %,d refused%n",
                            INDENT, host.hintsKept(), host.hintsAtOnce(), host.hintsRefused()));
        }
        return text.toString();
    }
}
