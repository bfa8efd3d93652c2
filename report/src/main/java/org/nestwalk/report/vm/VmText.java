package org.nestwalk.report.vm;

import static org.nestwalk.report.Figures.bytes;
import static org.nestwalk.report.Figures.format;
import static org.nestwalk.report.Figures.percent;
import static org.nestwalk.report.Figures.ratio;
import static org.nestwalk.report.Figures.share;
import static org.nestwalk.report.Figures.time;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.nestwalk.Quantities;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.report.TextTable;

/// Programs in a virtual machine, for people: a screen and a half.
public final class VmText {
    private static final String INDENT = "  ";
    private static final int WIDTH = 100;
    private static final int MOST_TASKS = 12;

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
        parts.add(pages(report));
        parts.add(PageChart.of(report.timeline(), report.nanoseconds()));
        if (report.host() != null) {
            parts.add(host(report.host(), report.manifest().options()));
        }
        parts.add(wrapped("Model: " + report.manifest().model() + ".", ""));
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
                        time(report.nanoseconds())));
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

    private static String times(double factor) {
        String text = Double.toString(factor);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text)
                + " times Linux's pace";
    }

    private static String name(String mode) {
        return switch (mode) {
            case "nested" -> "nested paging";
            case "shadow" -> "shadow paging";
            default -> mode;
        };
    }

    /// All of them, or of many only those that are flawed, and how many are not.
    private static String tasks(List<TaskReport> tasks) {
        boolean few = tasks.size() <= MOST_TASKS;
        List<TaskReport> shown = tasks.stream().filter(task -> few || task.isWrong()).toList();
        TextTable table = new TextTable().row("task", "CPU", "accesses", "checksum");
        for (TaskReport task : shown.subList(0, Math.min(shown.size(), MOST_TASKS))) {
            table.row(
                    task.program(),
                    Integer.toString(task.cpu()),
                    format("%,d", task.accesses()),
                    task.checksum() == null ? "-" : task.checksum(),
                    ending(task));
        }
        return few
                ? table.text(INDENT)
                : (shown.isEmpty() ? "" : table.text(INDENT)) + tally(tasks);
    }

    private static String tally(List<TaskReport> tasks) {
        StringJoiner text = new StringJoiner(", ", INDENT + tasks.size() + " tasks: ", "\n");
        for (TaskReport.Outcome outcome : TaskReport.Outcome.values()) {
            long count = tasks.stream().filter(task -> task.outcome() == outcome).count();
            if (count > 0) {
                text.add(format("%,d %s", count, outcome.label()));
            }
        }
        return text.toString();
    }

    private static String ending(TaskReport task) {
        return switch (task.outcome()) {
            case VERIFIED -> "verified";
            case WRONG -> "NOT VERIFIED: it has to be " + task.expected();
            case FAILED -> "FAILED: " + task.failure();
            case UNCHECKED -> "not checked";
        };
    }

    private static String exits(List<ExitReport> exits) {
        TextTable table = new TextTable().numeric();
        table.row(
                "exits",
                "count",
                "cycles",
                "median",
                "p90",
                "p99",
                "max",
                "median ns",
                "p90",
                "p99",
                "max");
        for (ExitReport exit : exits) {
            List<String> cells = new ArrayList<>();
            cells.add(exit.reason());
            cells.add(format("%,d", exit.count()));
            cells.add(format("%,d", exit.cycles()));
            addPercentiles(cells, exit.latencyCycles());
            addPercentiles(cells, exit.latencyNanoseconds());
            table.row(cells.toArray(String[]::new));
        }
        return table.text(INDENT);
    }

    private static void addPercentiles(List<String> cells, VmResult.Percentiles latency) {
        for (long value :
                new long[] {latency.median(), latency.p90(), latency.p99(), latency.max()}) {
            cells.add(format("%,d", value));
        }
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
        return wrapped(
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

    /// `text` in lines of up to 100 characters, each after `indent`.
    private static String wrapped(String text, String indent) {
        StringBuilder lines = new StringBuilder();
        StringBuilder line = new StringBuilder(indent);
        for (String word : text.split(" ", -1)) {
            if (line.length() + word.length() >= WIDTH) {
                lines.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(indent);
            }
            line.append(word).append(' ');
        }
        return lines.append(line.toString().stripTrailing()).append('\n').toString();
    }

    private static String pages(VmReport report) {
        PageReport pages = report.pages();
        TextTable table = new TextTable().numeric().row("pages at the guest's most", "4K", "2M");
        table.row("guest maps", bytes(pages.guestSmall()), bytes(pages.guestLarge()));
        addBacking(table, pages.hostSmall(), pages.hostLarge());
        VmResult.Guest guest = report.guest();
        Long both = pages.guestLargeOnLarge();
        String aligned =
                both == null || pages.guestLarge() == 0
                        ? ""
                        : format(
                                "%sof the guest's 2M pages, %s are on 2M pages of the host%n",
                                INDENT, share(both, pages.guestLarge()));
        return table.text(INDENT)
                + aligned
                + format(
                        "%s%,d page faults: %,d first touches took 4K, %,d 2M (%,d more found none"
                                + " free); %,d collapsed, %,d copied%n",
                        INDENT,
                        guest.pageFaults(),
                        guest.smallTouches(),
                        guest.largeTouches(),
                        guest.largeFallbacks(),
                        guest.collapses(),
                        guest.copies());
    }

    private static void addBacking(TextTable table, @Nullable Long small, @Nullable Long large) {
        if (small != null && large != null) {
            table.row("host backs with", bytes(small), bytes(large));
        }
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
