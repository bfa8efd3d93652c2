package org.nestwalk.report.snapshot;

import java.util.Map;
import org.nestwalk.Quantities;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.hypervisor.lazy.LazyCounts;
import org.nestwalk.hypervisor.lazy.StorageCosts;
import org.nestwalk.lab.snapshot.FaultCharts;
import org.nestwalk.lab.snapshot.FaultTail;
import org.nestwalk.lab.snapshot.RestoreExperiment;
import org.nestwalk.lab.snapshot.SnapshotExperiment;

/// Snapshots taken, restored and looked at, as documents.
public final class SnapshotText {
    private SnapshotText() {}

    /// What was written.
    public static Document of(SnapshotExperiment.Result result) {
        Table facts = Table.facts();
        facts.row("program", result.program());
        facts.row("machine", result.machine());
        facts.row("taken after", Figures.format("%,d access{es}", result.after()));
        facts.row("memory", Quantities.counted(result.memoryBytes(), "byte"));
        facts.row("pages", "%,d".formatted(result.pages()));
        facts.row("file", file(result.file(), result.fileBytes()));
        if (result.base() != null) {
            facts.row("difference to", result.base());
        }
        facts.row("SHA-256", result.sha256());
        return new Document()
                .table(facts)
                .paragraph(
                        Figures.format(
                                result.ranOn()
                                        ? "The program ran on while the file was written, and ended"
                                                + " after %,d access{es} %s."
                                        : "The program stood still while the file was written, and"
                                                + " ended after %,d access{es} %s.",
                                result.accesses(),
                                result.verified()
                                        ? "with the checksum of plain execution"
                                        : "WITHOUT the checksum of plain execution"));
    }

    /// What came of a restore.
    public static Document of(RestoreExperiment.Result result) {
        LazyCounts loading = result.loading();
        Table facts = Table.facts();
        facts.row(
                "restored", result.method() + (result.background() ? ", background loading" : ""));
        facts.row("machine", result.machine());
        facts.row("pages in the snapshot", "%,d".formatted(result.pages()));
        if (!result.method().equals("eager")) {
            facts.row("loaded by faults", pages(loading.faultPages()));
            facts.row("loaded ahead", pages(loading.prefetchPages()));
            facts.row("loaded beside the guest", pages(loading.backgroundPages()));
            }
        facts.row("read", Quantities.counted(loading.bytes(), "byte"));
        facts.row("waited for storage", Figures.time(loading.waitedNanos()));
        facts.row("first access (measured)", Figures.time(result.firstAccessNanos()));
        if (result.simulated()) {
            facts.row("first access (simulated)", Figures.time(result.nanosToFirst()));
        }
        facts.row(
                "90 %% of accesses (%s)".formatted(result.simulated() ? "simulated" : "measured"),
                Figures.time(result.nanosTo90()));
        if (result.workingSetPages() > 0) {
            facts.row("kept as working set", pages(result.workingSetPages()));
        }
        Table tasks =
                new Table(
                        Column.text("program"),
                        Column.number("before"),
                        Column.number("accesses"),
                        Column.text("checksum"),
                        Column.text("verified").meaning("against plain execution"));
        for (RestoreExperiment.TaskResult task : result.tasks()) {
            tasks.row(
                    task.program(),
                    "%,d".formatted(task.before()),
                    "%,d".formatted(task.accesses()),
                    task.checksum(),
                    task.failure() != null ? task.failure() : task.verified() ? "yes" : "NO");
        }
        Map<String, FaultTail> tail = Map.of(result.method(), result.tail());
        Document document =
                new Document()
                        .table(facts)
                        .table(tasks)
                        .series(FaultCharts.overTime(tail))
                        .distribution(FaultCharts.waits(tail));
        return result.simulated()
                ? document.paragraph(
                        "Simulated times assume that a read of storage takes %,d us and then 1 us for each %,d bytes; decompressing and copying are free."
                                .formatted(
                                        StorageCosts.ASSUMED.readNanos() / 1_000,
                                        StorageCosts.ASSUMED.bytesPerMicrosecond()))
                : document;
    }

    /// What is in a file.
    public static Document of(SnapshotListing listing) {
        Table facts = Table.facts();
        facts.row("kind", listing.kind());
        facts.row("taken on", listing.machine());
        facts.row("memory", Quantities.counted(listing.memoryBytes(), "byte"));
        facts.row("CPUs", Integer.toString(listing.cpus()));
        facts.row("blocks", "%,d".formatted(listing.blocks()));
        facts.row("pages", "%,d".formatted(listing.pages()));
        facts.row("file", file(listing.file(), listing.fileBytes()));
        facts.row("SHA-256", listing.sha256());
        if (listing.base() != null) {
            facts.row("based on", listing.base() + ", SHA-256 " + listing.baseSha256());
        }
        listing.programs()
                .forEach(program ->
                        facts.row(
                                "program",
                                Figures.format(
                                        "%s, after %,d access{es}",
                                        program.name(), program.accesses())));
        if (listing.baseProblem() != null) {
            return new Document()
                    .table(facts)
                    .paragraph(
                            "All checksums of this file are right, but it cannot be used: "
                                    + listing.baseProblem()
                                    + ".");
        }
        return new Document()
                .table(facts)
                .paragraph(
                        listing.base() == null
                                ? "All checksums are right."
                                : "All checksums are right, those of what it is based on"
                                        + " included.");
    }

    private static String file(String name, long bytes) {
        return Figures.format("%s, %,d byte{s}", name, bytes);
    }

    private static String pages(long pages) {
        return Figures.format("%,d page{s}", pages);
    }
}
