package org.nestwalk.lab.migration.move;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.MigrationRound;
import org.nestwalk.lab.migration.wire.PageCounts;

/// What came of a guest that was to move, at the side that it leaves.
///
/// @param program what runs in it: the text of a program, or the path of a trace
/// @param machine that it ran on
/// @param target where it was to go
/// @param tls whether the connection is within TLS
/// @param policy that decided how
/// @param fate where the guest is
/// @param reason why it is not over there; left out if it is
/// @param cancelled whether the user has ended the migration
/// @param memoryBytes of the virtual machine
/// @param cpus of the virtual machine
/// @param after accesses that each CPU had made before it began
/// @param nanoseconds from the beginning until nothing was needed from here any more
/// @param bytes sent
/// @param pages sent, by how they were written
/// @param rounds of pre-copy, in order
/// @param downtimeMemory nanoseconds that the guest stood still while its last pages were sent
/// @param downtimeHandOver nanoseconds that it stood still while both sides agreed on who runs it
/// @param postCopy whether it went on over there before its memory was there
/// @param faults accesses over there that waited for a page
/// @param longestPause nanoseconds of the longest time without a step of the program
/// @param kept the file in which the guest is kept; left out if it is in none
/// @param programs what came of those that have ended here, before the guest moved or because it
///   stayed
public record MoveResult(
        String program,
        String machine,
        String target,
        boolean tls,
        String policy,
        Fate fate,
        @Nullable String reason,
        boolean cancelled,
        long memoryBytes,
        int cpus,
        long after,
        long nanoseconds,
        long bytes,
        PageCounts pages,
        List<MigrationRound> rounds,
        long downtimeMemory,
        long downtimeHandOver,
        boolean postCopy,
        long faults,
        long longestPause,
        @Nullable String kept,
        List<GuestEnd> programs) {
    /// Where a guest is.
    public enum Fate {
        /// Over there.
        MOVED,
        /// Here, where it has gone on.
        STAYED,
        /// It is not known; or it is over there without all of its memory.
        IN_DOUBT
    }

    /// Copies the lists.
    public MoveResult {
        rounds = List.copyOf(rounds);
        programs = List.copyOf(programs);
    }

    /// Whether all programs that ended here did so with the checksums of plain execution.
    public boolean isVerified() {
        return programs.stream().allMatch(GuestEnd::verified);
    }
}
