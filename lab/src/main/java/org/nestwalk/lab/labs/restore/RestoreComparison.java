package org.nestwalk.lab.labs.restore;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.snapshot.FaultTail;
import org.nestwalk.lab.snapshot.RestorePlan;

/// What came of going on from one snapshot in several ways. Times are simulated.
///
/// @param machine the processor's name
/// @param program what was saved while it ran
/// @param after accesses that it had made then
/// @param pages of 4 KiB in the snapshot
/// @param fileBytes of the snapshot
/// @param clones guests that went on from it to find what they need, each of its own
/// @param diverge what clones do: `none` goes on as the guest that was saved, `seed` begins anew
/// @param recordedPages pages that the first clone needed: the working set
/// @param neededPages pages that the clone needs that the ways are compared with
/// @param recordedAndNeeded pages in both
/// @param overlap of the pages that two clones need, as the Jaccard index, on average over clones
///   next to each other; left out for one clone
/// @param ways those that were finished, in order
public record RestoreComparison(
        String machine,
        String program,
        long after,
        long pages,
        long fileBytes,
        int clones,
        String diverge,
        long recordedPages,
        long neededPages,
        long recordedAndNeeded,
        @Nullable Double overlap,
        List<Way> ways) {
    /// Copies the list.
    public RestoreComparison {
        ways = List.copyOf(ways);
    }

    /// One way of going on.
    ///
    /// @param way its name
    /// @param nanosToFirst from the start of the restore to the end of the first access
    /// @param nanosTo90 from the start to 90 % of the accesses
    /// @param nanosToEnd from the start to the last access
    /// @param faults accesses that waited for memory to be loaded
    /// @param faultPages pages loaded while they waited
    /// @param aheadPages pages loaded before anything ran
    /// @param besidePages pages loaded beside the guest
    /// @param bytesRead from storage
    /// @param tail accesses that waited, over time
    /// @param verified whether the guest ended with the checksum of plain execution
    /// @param failure why it ended early; left out if it did not
    public record Way(
            String way,
            long nanosToFirst,
            long nanosTo90,
            long nanosToEnd,
            long faults,
            long faultPages,
            long aheadPages,
            long besidePages,
            long bytesRead,
            FaultTail tail,
            boolean verified,
            @Nullable String failure) {}

    /// What came of one of them, if it was finished.
    Optional<Way> of(RestorePlan.Named plan) {
        return ways.stream().filter(way -> way.way().equals(plan.label())).findFirst();
    }
}
