package org.nestwalk.report.vm;

import static org.nestwalk.report.Figures.format;
import static org.nestwalk.report.Figures.time;
import static org.nestwalk.report.vm.TextParts.INDENT;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.Quantities;
import org.nestwalk.report.Paragraph;

/// Programs in a virtual machine on KVM, for people.
public final class KvmText {
    private static final double MILLION = 1e6;

    private KvmText() {}

    /// All that there is to say.
    public static String of(KvmReport report) {
        List<String> parts = new ArrayList<>();
        parts.add(heading(report));
        parts.add(TextParts.tasks(report.tasks()));
        if (!report.exits().isEmpty()) {
            parts.add(TextParts.exits(report.exits()));
        }
        parts.add(
                TextParts.pages(report.pages(), report.guest())
                        + format(
                                "%sthe guest's kernel took %s for them, the way to it not"
                                        + " counted%n",
                                INDENT, time(report.guestFaultNanoseconds())));
        parts.add(PageChart.of(report.timeline(), report.nanoseconds()));
        parts.add(Paragraph.of("Model: " + report.manifest().model() + ".", ""));
        parts.add(KvmConclusion.of(report));
        return String.join("\n", parts);
    }

    private static String heading(KvmReport report) {
        KvmReport.Options options = report.manifest().options();
        StringBuilder text = new StringBuilder();
        text.append(
                format(
                        "KVM on %s: %,d accesses on %d virtual %s in %s, %.1f million a second%n",
                        report.manifest().processor(),
                        report.accesses(),
                        options.vcpus(),
                        options.vcpus() == 1 ? "CPU" : "CPUs",
                        time(report.nanoseconds() - report.warmupNanoseconds()),
                        report.accessesPerSecond() / MILLION));
        text.append(
                format(
                        "guest: %s, %s pages, khugepaged %s; host: Linux %s, backing %s%n",
                        Quantities.formatSize(options.memoryBytes()),
                        options.guestPages(),
                        options.guestKhugepaged() == 0
                                ? "off"
                                : TextParts.times(options.guestKhugepaged()),
                        report.manifest().kernel(),
                        options.backing()));
        if (options.node() != null) {
            text.append(format("memory and threads on node %d of the host%n", options.node()));
        }
        text.append(TextParts.leftOut(options.warmup(), report.nonCanonical()));
        if (options.parallel()) {
            text.append("in parallel\n");
        }
        if (!report.complete()) {
            text.append("interrupted: this is what there was so far\n");
        }
        return text.toString();
    }
}
