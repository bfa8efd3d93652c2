package org.nestwalk.lab.migration.move;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of waiting for a guest.
///
/// @param machine that it was to run on
/// @param source the name of the machine that it comes from; left out if nothing was offered
/// @param fate what there is of it
/// @param reason why it is not here, or cannot go on; left out if it has arrived
/// @param memoryBytes of the virtual machine; 0 if there was none
/// @param cpus of the virtual machine; 0 if there was none
/// @param pages that came, some of them more than once
/// @param postCopy whether it went on here before its memory was here
/// @param kept the file in which the guest is kept; left out if it is in none
/// @param programs what came of those that had not ended before the guest came
public record ArrivalResult(
        String machine,
        @Nullable String source,
        Fate fate,
        @Nullable String reason,
        long memoryBytes,
        int cpus,
        long pages,
        boolean postCopy,
        @Nullable String kept,
        List<GuestEnd> programs) {
    /// What there is of a guest.
    public enum Fate {
        /// It has run here to its end.
        ARRIVED,
        /// It has run here, and could not go on.
        LOST,
        /// Nothing: it is its source's.
        NOT_ARRIVED,
        /// It is not known whose it is.
        IN_DOUBT
    }

    /// Copies the list.
    public ArrivalResult {
        programs = List.copyOf(programs);
    }

    /// Whether the guest arrived and all its programs ended with the checksums of plain execution.
    public boolean isVerified() {
        return fate == Fate.ARRIVED && programs.stream().allMatch(GuestEnd::verified);
    }
}
