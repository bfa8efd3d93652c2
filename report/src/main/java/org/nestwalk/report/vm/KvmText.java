package org.nestwalk.report.vm;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.time;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.Quantities;
import org.nestwalk.document.Document;

/// Programs in a virtual machine on KVM, for people.
public final class KvmText {
    private static final double MILLION = 1e6;

    private KvmText() {}

    /// All that there is to say.
    public static Document of(KvmReport report) {
        Document document = new Document().lines(heading(report));
        TextParts.tasks(document, report.tasks());
        document.table(TextParts.exits(report.exits()));
        TextParts.pages(document, report.pages(), report.guest());
        document.paragraph(
                format(
                        "The guest's kernel took %s for page faults, the way to it not counted.",
                        time(report.guestFaultNanoseconds())));
        document.drawing(width -> PageChart.of(report.timeline(), report.nanoseconds(), width));
        return document.paragraph("Model: " + report.manifest().model() + ".")
                .paragraph(KvmConclusion.of(report));
    }

    private static List<String> heading(KvmReport report) {
        KvmReport.Options options = report.manifest().options();
        List<String> lines = new ArrayList<>();
        lines.add(
                format(
                        "KVM on %s: %s on %s in %s, %.1f million a second",
                        report.manifest().processor(),
                        counted(report.accesses(), "access"),
                        counted(options.vcpus(), "virtual CPU"),
                        time(report.nanoseconds() - report.warmupNanoseconds()),
                        report.accessesPerSecond() / MILLION));
        lines.add(
                format(
                        "guest: %s, %s pages, khugepaged %s; host: Linux %s, backing %s",
                        Quantities.formatSize(options.memoryBytes()),
                        options.guestPages(),
                        options.guestKhugepaged() == 0
                                ? "off"
                                : TextParts.times(options.guestKhugepaged()),
                        report.manifest().kernel(),
                        options.backing()));
        if (options.node() != null) {
            lines.add(format("memory and threads on node %d of the host", options.node()));
        }
        lines.addAll(TextParts.leftOut(options.warmup(), report.warnings()));
        if (options.parallel()) {
            lines.add("in parallel");
        }
        if (!report.complete()) {
            lines.add("interrupted: this is what there was so far");
        }
        return lines;
    }
}
