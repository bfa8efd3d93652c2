package org.nestwalk.cli;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.Quantities;
import org.nestwalk.bits.Access;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.traces.AccessCounts;
import org.nestwalk.traces.Mapping;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.stats.TraceSummary;
import org.nestwalk.traces.stats.TraceSummary.PageReuse;
import org.nestwalk.traces.stats.TraceSummary.Region;

/// A trace's summary as a document.
final class TraceInfoText {
    private final Table facts = Table.facts();

    private TraceInfoText() {}

    static Document of(TraceInfoCommand.Report report) {
        TraceInfoText text = new TraceInfoText();
        text.facts(report);
        return new Document().table(text.facts).table(regions(report.summary()));
    }

    private void facts(TraceInfoCommand.Report report) {
        header(report);
        accesses(report);
        TraceSummary summary = report.summary();
        line(
                "data pages",
                "%,d of 4K, %,d of 2M",
                summary.data().pages4k(),
                summary.data().pages2m());
        line(
                "code pages",
                "%,d of 4K, %,d of 2M",
                summary.code().pages4k(),
                summary.code().pages2m());
        unmapped(summary);
        reuse(summary.reuse());
        line(
                "regions",
                "%s",
                summary.regionsRecorded()
                        ? "mappings of the recorded program"
                        : "guessed: mappings unknown, split at gaps of 64 MiB");
    }

    /// Says it if pages are many only because addresses were not used again.
    private void unmapped(TraceSummary summary) {
        long all = summary.regions().stream().mapToLong(Region::pages4k).sum();
        long unmapped =
                summary.regions().stream()
                        .filter(r -> new Mapping(r.start(), r.end(), r.name()).isUnmapped())
                        .mapToLong(Region::pages4k)
                        .sum();
        if (unmapped > 0) {
            line(
                    "unmapped",
                    "of %2$,d page{s} of 4K, %1$,d {is|are} of mappings that the program gave back;"
                        + " QEMU gives new mappings new addresses where Linux reuses them, so there"
                        + " are too many",
                    unmapped,
                    all);
        }
    }

    private void header(TraceInfoCommand.Report report) {
        TraceInfo info = report.header();
        line("trace", "%s (%s)", info.source(), info.format().description());
        if (info.note() != null) {
            line("note", "%s", info.note());
        }
        line(
                "program",
                "%s",
                info.program() == null
                        ? "unknown"
                        : printable(info.program() + " " + String.join(" ", info.arguments())));
        line("recorder", "%s", info.recorder() == null ? "unknown" : info.recorder());
        line(
                "machine",
                "%s, %s",
                info.architecture() == null ? "unknown" : info.architecture(),
                info.pageSize() == 0
                        ? "pages of unknown size"
                        : "pages of " + Quantities.formatSize(info.pageSize()));
        if (!info.processes().isEmpty()) {
            line(
                    "processes",
                    "%d: %s",
                    info.processes().size(),
                    info.processes().stream().map(String::valueOf).collect(joining(", ")));
        }
        if (info.processes().size() > 1) {
            line("warning", "they are counted as one address space; --process takes one of them");
        }
        info.warnings().forEach(warning -> line("warning", "%s", printable(warning)));
        line("digest", "%s", report.digest());
        long data = report.summary().counts().data();
        if (report.fileBytes() >= 0 && data > 0) {
            line(
                    "file",
                    "%s, %.3f per data access",
                    Quantities.counted(report.fileBytes(), "byte"),
                    (double) report.fileBytes() / data);
        }
    }

    private void accesses(TraceInfoCommand.Report report) {
        TraceSummary summary = report.summary();
        AccessCounts counts = summary.counts();
        line(
                "accesses",
                "%,d: %s, %s, %s, %s",
                counts.total(),
                Quantities.counted(counts.loads(), "load"),
                Quantities.counted(counts.stores(), "store"),
                counts.modifies() == 1
                        ? "1 modify"
                        : Figures.format("%,d {modify|modifies}", counts.modifies()),
                Quantities.counted(counts.fetches(), "fetch"));
        if (summary.nonFetched() > 0) {
            line(
                    "not fetched",
                    "%s executed again",
                    Quantities.counted(summary.nonFetched(), "instruction"));
        }
        line("threads", "%d", counts.threads());
        line("data bytes", "%,d", summary.dataBytes());
        line(
                "crossing",
                "%s over two 4K pages or more",
                Quantities.counted(summary.crossing(), "access"));
        line(
                "not canonical",
                "%s (48-bit addresses)",
                Quantities.counted(summary.nonCanonical(), "access"));
        line("dependence", "%s", dependence(summary));
    }

    /// Shares of data accesses by how many data accesses back the one is that they depend on.
    private static String dependence(TraceSummary summary) {
        List<Long> distances = summary.distances();
        if (distances.isEmpty()) {
            return "unknown";
        }
        double all = Math.max(1, summary.counts().data());
        List<String> shares = new ArrayList<>();
        int from = 1;
        for (int to : new int[] {1, 2, 3, 7, Access.FARTHEST}) {
            long count = distances.subList(from, to + 1).stream().mapToLong(Long::longValue).sum();
            shares.add(
                    Figures.format(
                            "%.1f %% %s", 100 * count / all, from == to ? from : from + "-" + to));
            from = to + 1;
        }
        return Figures.format(
                "%.1f %% of data accesses on none near, %s back",
                100 * distances.getFirst() / all, String.join(", ", shares));
    }

    private void reuse(PageReuse reuse) {
        line("same page", "%.1f %% of data accesses, as the one before", 100 * reuse.samePage());
        line(
                "touches a page",
                "median %,d, 99th percentile %,d, most %,d data accesses",
                reuse.touchesMedian(),
                reuse.touches99(),
                reuse.touchesMost());
        if (reuse.distanceMedian() < 0) {
            line("reuse distance", "none: no 4K page is touched twice");
        } else {
            line(
                    "reuse distance",
                    "median %,d, 90th percentile %,d, 99th %,d other 4K pages",
                    reuse.distanceMedian(),
                    reuse.distance90(),
                    reuse.distance99());
        }
        line(
                "an LRU TLB of",
                "64 entries hits %.2f %% of data accesses, of 1536 %.2f %%",
                100 * reuse.hits64(),
                100 * reuse.hits1536());
    }

    private static Table regions(TraceSummary summary) {
        Table table =
                new Table(
                        Column.number("start"),
                        Column.number("end"),
                        Column.number("4K pages"),
                        Column.number("fetches"),
                        Column.number("data"),
                        Column.text("name"));
        for (Region region : summary.regions()) {
            table.row(
                    Long.toHexString(region.start()),
                    Long.toHexString(region.end()),
                    Figures.format("%,d", region.pages4k()),
                    Figures.format("%,d", region.fetches()),
                    Figures.format("%,d", region.data()),
                    printable(region.name()));
        }
        return table;
    }

    /// On one line, and without what a terminal would obey.
    private static String printable(String text) {
        return text.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be our only use of its library
    private void line(String label, String format, Object... values) {
        facts.row(label, Figures.format(format, values));
    }
}
