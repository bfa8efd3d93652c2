package org.nestwalk.lab.labs.migration;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationRound;

/// What came of moving guests under policies, over links.
///
/// @param machine the processor's name, on which programs ran; left out if none did
/// @param memoryBytes of each guest
/// @param guests what they do
/// @param moves those that were finished, in order
/// @param wishes what was asked for
/// @param map which policy is best for which guest, if that was asked for
public record MigrationResult(
        @Nullable String machine,
        long memoryBytes,
        List<Guest> guests,
        List<Move> moves,
        List<String> wishes,
        List<Spot> map) {
    /// Copies the lists.
    public MigrationResult {
        guests = List.copyOf(guests);
        moves = List.copyOf(moves);
        wishes = List.copyOf(wishes);
        map = List.copyOf(map);
    }

    /// A guest.
    ///
    /// @param name of what it runs, or of the log of what it wrote
    /// @param period nanoseconds after which it does the same again
    /// @param held bytes that hold something at first
    /// @param workingSet bytes of the pages that it writes at all
    /// @param dirtyRate bytes a second of the pages that it writes, each once a tenth of a second
    /// @param readsKnown whether pages are known that it only reads
    /// @param dirtied bytes of the pages that it has written after some time
    public record Guest(
            String name,
            long period,
            long held,
            long workingSet,
            double dirtyRate,
            boolean readsKnown,
            List<Dirtied> dirtied) {
        /// Copies the list.
        public Guest {
            dirtied = List.copyOf(dirtied);
        }
    }

    /// What a guest has written after some time.
    ///
    /// @param nanoseconds of its running
    /// @param bytes of the pages written
    public record Dirtied(long nanoseconds, long bytes) {}

    /// A guest moved under a policy over a link.
    ///
    /// @param guest its name
    /// @param bandwidth of the link, in bytes a second
    /// @param policy as it was asked for
    /// @param failure why the guest stayed where it was; left out if it did not
    /// @param nanoseconds in all
    /// @param rounds of pre-copy
    /// @param bytes sent
    /// @param downtime nanoseconds in which the guest did not run
    /// @param lastRound of that, sending the last pages
    /// @param handOver of that, state and agreeing on who runs
    /// @param slowdown part of its other time that the guest did not run
    /// @param postCopy whether the guest went on before its memory was there: it would have been
    ///   lost with the link
    /// @param faults accesses that waited for a page
    /// @param longestPause nanoseconds of the longest time without a step of the program
    /// @param first rounds, 32 at most
    public record Move(
            String guest,
            double bandwidth,
            String policy,
            @Nullable String failure,
            long nanoseconds,
            int rounds,
            long bytes,
            long downtime,
            long lastRound,
            long handOver,
            double slowdown,
            boolean postCopy,
            long faults,
            long longestPause,
            List<MigrationRound> first) {
        private static final int SHOWN = 32;

        /// Copies the list.
        public Move {
            first = List.copyOf(first);
        }

        static Move of(String guest, double bandwidth, String policy, MigrationOutcome outcome) {
            List<MigrationRound> rounds = outcome.rounds();
            return new Move(
                    guest,
                    bandwidth,
                    policy,
                    outcome.failure(),
                    outcome.nanoseconds(),
                    rounds.size(),
                    outcome.bytes(),
                    outcome.downtime().all(),
                    outcome.downtime().memory(),
                    outcome.downtime().handOver(),
                    outcome.slowdown(),
                    outcome.postCopy(),
                    outcome.faults(),
                    outcome.longestPause(),
                    rounds.subList(0, Math.min(SHOWN, rounds.size())));
        }

        boolean succeeded() {
            return failure == null;
        }
    }

    /// The best policy for a guest that writes at a constant rate.
    ///
    /// @param workingSet bytes that it writes, page after page, round and round
    /// @param dirtyRate bytes a second
    /// @param policy left out if none gives what was asked for
    public record Spot(long workingSet, double dirtyRate, @Nullable String policy) {}
}
