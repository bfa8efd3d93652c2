package org.nestwalk.cli;

import java.nio.file.Path;
import java.util.List;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.snapshot.SnapshotFile;
import org.nestwalk.report.snapshot.SnapshotListing;
import org.nestwalk.report.snapshot.SnapshotText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `nestwalk vm inspect FILE`: what is in a snapshot, once all of its checksums are verified.
@Command(
        name = "inspect",
        description = "Verify all checksums of a snapshot, and say what is in it.",
        mixinStandardHelpOptions = true)
final class VmInspectCommand implements Runnable {
    @Parameters(paramLabel = "FILE", description = "The snapshot, or a working set.")
    private Path file = Path.of("");

    @Mixin private Output output = new Output();

    @Override
    public void run() {
        output.check(List.of(file.toString()));
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            SnapshotListing listing = SnapshotListing.of(snapshot);
            output.show(SnapshotText.of(listing));
            output.write(JsonFormat.SNAPSHOT_FILE, listing);
        }
    }
}
