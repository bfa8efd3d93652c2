package org.nestwalk.report.snapshot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.snapshot.SnapshotFile;
import org.nestwalk.lab.snapshot.SnapshotHead;

/// What is in a snapshot.
///
/// @param file its path
/// @param kind full, difference or working set
/// @param machine that it was taken on
/// @param memoryBytes of the virtual machine
/// @param cpus of the virtual machine
/// @param blocks in the file
/// @param pages in the file
/// @param fileBytes of the file
/// @param sha256 its digest
/// @param base what it is based on; null if nothing
/// @param baseSha256 the digest of that; null if nothing
/// @param baseProblem why that cannot be used; left out if it can, or there is none
/// @param programs that go on from it
public record SnapshotListing(
        String file,
        String kind,
        String machine,
        long memoryBytes,
        int cpus,
        int blocks,
        long pages,
        long fileBytes,
        String sha256,
        @Nullable String base,
        @Nullable String baseSha256,
        @Nullable String baseProblem,
        List<Running> programs) {
    /// Copies the list.
    public SnapshotListing {
        programs = List.copyOf(programs);
    }

    /// A program.
    ///
    /// @param name its text
    /// @param accesses that it has made
    public record Running(String name, long accesses) {}

    /// What is in the file at `path`, all of which is read and checked, and so is what it is based
    /// on, if that is there.
    ///
    /// @throws InputException if it is none, or a checksum is wrong
    public static SnapshotListing of(Path path) {
        try (SnapshotFile alone = SnapshotFile.openAlone(path)) {
            alone.verify();
            try (SnapshotFile whole = SnapshotFile.open(path)) {
                whole.verify();
                return of(whole, null);
            } catch (InputException e) {
                return of(alone, e.getMessage());
            }
        }
    }

    private static SnapshotListing of(SnapshotFile file, @Nullable String baseProblem) {
        SnapshotHead head = file.head();
        List<Running> programs = new ArrayList<>();
        if (head.kind() != SnapshotHead.Kind.WORKING_SET) {
            file.state()
                    .kernel()
                    .processes()
                    .alive()
                    .forEach(process ->
                            process.tasks()
                                    .forEach(task ->
                                            programs.add(
                                                    new Running(
                                                            task.program().text(),
                                                            task.progress().made()))));
        }
        return new SnapshotListing(
                file.path().toString(),
                head.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                head.machine(),
                head.memoryBytes(),
                head.cpus(),
                file.blocks(),
                file.ownPages(),
                file.bytes(),
                file.sha256(),
                head.base() == null ? null : head.base().file(),
                head.base() == null ? null : head.base().sha256(),
                baseProblem,
                programs);
    }
}
