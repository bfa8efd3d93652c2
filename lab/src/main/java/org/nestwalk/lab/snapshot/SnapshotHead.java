package org.nestwalk.lab.snapshot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a snapshot says of itself at its start.
///
/// @param kind what it is
/// @param memoryBytes of the virtual machine
/// @param cpus of the virtual machine
/// @param machine that it was taken on: `simulated`, `kvm`
/// @param base what it is the difference to; null if it stands alone
/// @param traces that its tasks go on with
public record SnapshotHead(
        Kind kind,
        long memoryBytes,
        int cpus,
        String machine,
        @Nullable Base base,
        List<Trace> traces) {
    /// Copies the list.
    public SnapshotHead {
        traces = List.copyOf(traces);
    }

    /// Kinds of files.
    public enum Kind {
        /// A virtual machine, with all of its memory.
        FULL,
        /// A virtual machine, with the pages that differ from the base's.
        DIFFERENCE,
        /// Pages of the base, and no state.
        WORKING_SET
    }

    /// Another snapshot.
    ///
    /// @param file its path, seen from the folder of the file that names it
    /// @param sha256 the digest in its trailer, in hexadecimal
    public record Base(String file, String sha256) {}

    /// A recorded trace.
    ///
    /// @param path of it, absolute
    /// @param sha256 of the file, or of the lines that `sha256sum *` prints of a folder's, in
    ///   hexadecimal
    public record Trace(String path, String sha256) {}
}
