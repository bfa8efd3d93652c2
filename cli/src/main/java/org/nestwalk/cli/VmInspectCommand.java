package org.nestwalk.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.nestwalk.document.Document;
import org.nestwalk.document.csv.CsvRenderer;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.report.snapshot.SnapshotListing;
import org.nestwalk.report.snapshot.SnapshotText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `nestwalk vm inspect FILE`: what is in a snapshot, once all of its checksums are verified.
@Command(
        name = "inspect",
        description = {
            "Verify all checksums of a snapshot or a working set, and say what is in it.",
            "Ends with status 0 if all are right, 1 if what it is based on is not there or another"
                    + " one, 2 if it is damaged."
        },
        mixinStandardHelpOptions = true)
final class VmInspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The snapshot, or a working set.")
    private Path file = Path.of("");

    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();

    @Override
    public Integer call() {
        output.check(List.of(file.toString()));
        csv.check(List.of(file.toString()), output);
        SnapshotListing listing = SnapshotListing.of(file);
        Document document = SnapshotText.of(listing);
        if (!csv.isQuiet()) {
            output.show(document);
        }
        csv.write(CsvRenderer.text(document));
        output.write(JsonFormat.SNAPSHOT_FILE, listing, document);
        return listing.baseProblem() == null ? 0 : 1;
    }
}
