package org.nestwalk.report.snapshot;

import java.util.Map;
import org.nestwalk.Quantities;
import org.nestwalk.document.Cell;
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
        Table facts = Table.wholeFacts();
        facts.row("program", result.program());
        facts.row("machine", result.machine());
        row(facts, "taken after", "%,d access{es}", result.after());
        row(facts, "memory", "%,d byte{s}", result.memoryBytes());
        row(facts, "pages", "%,d", result.pages());
        facts.row("file", result.file());
        row(facts, "size", "%,d byte{s}", result.fileBytes());
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
        Table facts = Table.wholeFacts();
        facts.row(
                "restored", result.method() + (result.background() ? ", background loading" : ""));
        facts.row("machine", result.machine());
        row(facts, "pages in the snapshot", "%,d", result.pages());
        if (!result.method().equals("eager")) {
            row(facts, "loaded by faults", "%,d page{s}", loading.faultPages());
            row(facts, "loaded ahead", "%,d page{s}", loading.prefetchPages());
            row(facts, "loaded beside the guest", "%,d page{s}", loading.backgroundPages());
        }
        row(facts, "read", "%,d byte{s}", loading.bytes());
        time(facts, "waited for storage", loading.waitedNanos());
        time(facts, "first access (measured)", result.firstAccessNanos());
        if (result.simulated()) {
            time(facts, "first access (simulated)", result.nanosToFirst());
        }
        time(
                facts,
                Figures.format(
                        "90 %% of accesses (%s)", result.simulated() ? "simulated" : "measured"),
                result.nanosTo90());
        if (result.workingSetPages() > 0) {
            row(facts, "kept as working set", "%,d page{s}", result.workingSetPages());
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
                    Cell.text(task.program()),
                    Cell.number("%,d", task.before()),
                    Cell.number("%,d", task.accesses()),
                    Cell.text(task.checksum()),
                    Cell.text(
                            task.failure() != null
                                    ? task.failure()
                                    : task.verified() ? "yes" : "NO"));
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
                        "Simulated times assume that a read of storage takes %s and then 1 us for each %s; decompressing and copying are free."
                                .formatted(
                                        Figures.time(StorageCosts.ASSUMED.readNanos()),
                                        Quantities.counted(
                                                StorageCosts.ASSUMED.bytesPerMicrosecond(),
                                                "byte")))
                : document;
    }

    /// What is in a file.
    public static Document of(SnapshotListing listing) {
        Table facts = Table.wholeFacts();
        facts.row("kind", listing.kind());
        facts.row("taken on", listing.machine());
        row(facts, "memory", "%,d byte{s}", listing.memoryBytes());
        row(facts, "CPUs", "%,d", listing.cpus());
        row(facts, "blocks", "%,d", listing.blocks());
        row(facts, "pages", "%,d", listing.pages());
        facts.row("file", listing.file());
        row(facts, "size", "%,d byte{s}", listing.fileBytes());
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

    private static void row(Table facts, String fact, String format, long value) {
        facts.row(Cell.text(fact), Cell.number(format, value));
    }

    private static void time(Table facts, String fact, long nanos) {
        facts.row(Cell.text(fact), Cell.time(nanos));
    }
}
