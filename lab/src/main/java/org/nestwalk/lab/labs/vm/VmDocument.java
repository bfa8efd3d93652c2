package org.nestwalk.lab.labs.vm;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.percent;
import static org.nestwalk.document.Figures.ratio;
import static org.nestwalk.document.Figures.time;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.Quantities;
import org.nestwalk.document.Document;
import org.nestwalk.lab.vm.VmResult;

/// Programs in a virtual machine, for people: a screen and a half.
final class VmDocument {
    private static final double MILLION = 1e6;

    private VmDocument() {}

    static Document of(VmReport report) {
        Document document = new Document().lines(heading(report));
        VmTables.tasks(document, report.tasks());
        document.table(VmTables.exits(report.exits()));
        CycleReport cycles = report.cycles();
        if (cycles != null) {
            document.table(VmTables.cycles(cycles));
        }
        TranslationReport translation = report.translation();
        if (translation != null) {
            document.paragraph(translation(translation, report.manifest().options()));
        }
        VmTables.pages(document, report.pages(), report.guest());
        Long faults = report.guestFaultNanoseconds();
        if (faults != null) {
            document.paragraph(
                    format(
                            "The guest's kernel took %s for page faults, the way to it not"
                                    + " counted.",
                            time(faults)));
        }
        document.series(VmCharts.pages(report.timeline())).pictures(VmCharts.pictures(report));
        List<DirtyRateReport> dirtyRate = report.dirtyRate();
        if (dirtyRate != null && !dirtyRate.isEmpty()) {
            document.series(DirtyRateReport.series(dirtyRate));
        }
        VmResult.Host host = report.host();
        if (host != null) {
            document.lines(host(host, report.manifest().options()));
        }
        return document.paragraph("Model: " + report.manifest().model() + ".")
                .conclusion(VmConclusion.of(report));
    }

    private static List<String> heading(VmReport report) {
        VmManifest.Options options = report.manifest().options();
        List<String> lines = new ArrayList<>();
        lines.add(
                format(
                        "%s: %s on %s%s",
                        where(report.manifest()),
                        counted(report.accesses(), "access"),
                        counted(options.vcpus(), "virtual CPU"),
                        howFast(report)));
        lines.addAll(machines(report.manifest()));
        lines.addAll(leftOut(options.warmup(), report.told()));
        if (options.parallel()) {
            lines.add(
                    "in parallel: "
                            + (report.cycles() == null ? "times" : "cycles")
                            + " differ from run to run");
        }
        if (!report.complete()) {
            lines.add("interrupted: this is what there was so far");
        }
        return lines;
    }

    private static String where(VmManifest manifest) {
        String mode = manifest.options().mode();
        return mode == null
                ? "KVM on " + manifest.processor()
                : (mode.equals("native") ? mode : mode + " paging") + " on " + manifest.machine();
    }

    private static String howFast(VmReport report) {
        Long perSecond = report.accessesPerSecond();
        return perSecond == null
                ? format(", %s simulated", time(report.counted()))
                : format(
                        " in %s, %.1f million a second",
                        time(report.counted()), perSecond / MILLION);
    }

    private static List<String> machines(VmManifest manifest) {
        VmManifest.Options options = manifest.options();
        Boolean pcid = options.pcid();
        String guest =
                format(
                        "guest: %s, %s pages, khugepaged %s%s",
                        Quantities.formatSize(options.memoryBytes()),
                        options.guestPages(),
                        options.guestKhugepaged() == 0
                                ? "off"
                                : VmTables.times(options.guestKhugepaged()),
                        pcid == null ? "" : pcid ? ", PCIDs" : ", no PCIDs");
        Long hostBytes = options.hostBytes();
        if (hostBytes != null) {
            List<String> lines = new ArrayList<>(List.of(guest));
            lines.addAll(host(options, hostBytes));
            return lines;
        }
        if (manifest.kernel() == null) {
            return List.of(guest + "; fragmentation " + options.fragmentation());
        }
        String both =
                format(
                        "%s; host: Linux %s, backing %s",
                        guest, manifest.kernel(), Objects.requireNonNull(options.backing()));
        return options.node() == null
                ? List.of(both)
                : List.of(
                        both, format("memory and threads on node %d of the host", options.node()));
    }

    private static List<String> host(VmManifest.Options options, long hostBytes) {
        Double khugepaged = options.khugepaged();
        String line =
                format(
                        "host: %s, backing %s%s, fragmentation %s%s",
                        Quantities.formatSize(hostBytes),
                        Objects.requireNonNull(options.backing()),
                        khugepaged == null ? "" : " (" + VmTables.times(khugepaged) + ")",
                        Objects.requireNonNull(options.fragmentation()),
                        options.hint() == null ? "" : ", takes hints for large pages");
        return hostBytes < options.memoryBytes()
                ? List.of(
                        line, "memory is overcommitted: the guest may touch more than the host has")
                : List.of(line);
    }

    /// What ran but is not counted, and what else to know of what ran.
    private static List<String> leftOut(long warmup, List<String> warnings) {
        List<String> lines = new ArrayList<>();
        if (warmup > 0) {
            lines.add(
                    format(
                            "not counted, but for tasks and pages: the first %s of each virtual"
                                    + " CPU",
                            counted(warmup, "access")));
        }
        lines.addAll(warnings);
        return lines;
    }

    private static String translation(TranslationReport counts, VmManifest.Options options) {
        @Nullable String mode = options.mode();
        String second =
                "nested".equals(mode)
                        ? format(
                                " and %s to the second level's",
                                ratio(counts.secondLevelReferences(), counts.walks()))
                        : "";
        return format(
                "TLB misses per 1000 accesses: %s first level, %s second. %s with %s"
                        + " references to tables%s on average. %s cycles of TLB hits and walks per"
                        + " access, one after the other; %s.",
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
                        "host memory in which no 2M page fits: %s before, %s after; %s moved",
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
