package org.nestwalk.lab.vm;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.mmu.count.MmuCounts;

/// What came of programs in a virtual machine.
///
/// @param options how they ran
/// @param machine name of the processor
/// @param complete whether they ran to their end, and were not interrupted
/// @param tasks each program on each CPU
/// @param walks translation, all CPUs together
/// @param accessCycles cycles of accesses besides translation and data-cache latency
/// @param nonCanonical accesses left out because their addresses are not canonical, of one copy of
///   each program
/// @param nanoseconds simulated time until the last CPU had ended
/// @param warmupNanoseconds those that had passed when counting began
/// @param account exits and software, all CPUs together
/// @param background work of the hypervisor outside exits
/// @param latencies how long exits took, by reason
/// @param guest what the guest's kernel did
/// @param host what the host did
/// @param timeline pages by size as time went on
public record VmResult(
        VmOptions options,
        String machine,
        boolean complete,
        List<TaskResult> tasks,
        MmuCounts walks,
        long accessCycles,
        long nonCanonical,
        long nanoseconds,
        long warmupNanoseconds,
        Account account,
        Account background,
        Map<ExitReason, Percentiles> latencies,
        Guest guest,
        Host host,
        List<Moment> timeline) {
    /// Copies the collections.
    public VmResult {
        tasks = List.copyOf(tasks);
        latencies = Map.copyOf(latencies);
        timeline = List.copyOf(timeline);
    }

    /// A program on one virtual CPU.
    ///
    /// @param program what ran
    /// @param cpu where
    /// @param accesses made
    /// @param checksum of what it loaded
    /// @param expected of the same program run on plain memory; null if that was not done
    /// @param failure why it ended early; null if it did not
    public record TaskResult(
            String program,
            int cpu,
            long accesses,
            long checksum,
            @Nullable Long expected,
            @Nullable String failure) {
        /// Whether it ended with the checksum that it has to have.
        public boolean isVerified() {
            return expected != null && expected == checksum && failure == null;
        }
    }

    /// Cycles below which a share of exits stayed.
    ///
    /// @param median half of them
    /// @param p90 90 %
    /// @param p99 99 %
    /// @param max all
    public record Percentiles(long median, long p90, long p99, long max) {}

    /// What the guest's kernel did.
    ///
    /// @param pageFaults exceptions
    /// @param smallTouches 4-KiB pages given at their first touch
    /// @param largeTouches 2-MiB pages given at their first touch
    /// @param largeFallbacks first touches for which there was no 2-MiB page
    /// @param collapses 2-MiB pages made of small ones
    /// @param copies pages copied on write
    public record Guest(
            long pageFaults,
            long smallTouches,
            long largeTouches,
            long largeFallbacks,
            long collapses,
            long copies) {
        Guest since(Guest earlier) {
            return new Guest(
                    pageFaults - earlier.pageFaults,
                    smallTouches - earlier.smallTouches,
                    largeTouches - earlier.largeTouches,
                    largeFallbacks - earlier.largeFallbacks,
                    collapses - earlier.collapses,
                    copies - earlier.copies);
        }
    }

    /// What the host did; zeroes in native mode.
    ///
    /// @param smallBytes backed by 4-KiB pages at the end
    /// @param largeBytes backed by 2-MiB pages at the end
    /// @param unusableBefore unusable free space index for 2 MiB before the run
    /// @param unusableAfter the same after it
    /// @param collapses 2-MiB pages made by khugepaged
    /// @param hintsKept large pages backed at their first touch because of a hint
    /// @param hintsAtOnce large pages made of small ones because of a hint
    /// @param hintsRefused announced large pages for which nothing could be done
    /// @param pagesMoved pages moved to make room
    public record Host(
            long smallBytes,
            long largeBytes,
            double unusableBefore,
            double unusableAfter,
            long collapses,
            long hintsKept,
            long hintsAtOnce,
            long hintsRefused,
            long pagesMoved) {
        /// The state at the end, and what was done since `earlier`.
        Host since(Host earlier) {
            return new Host(
                    smallBytes,
                    largeBytes,
                    unusableBefore,
                    unusableAfter,
                    collapses - earlier.collapses,
                    hintsKept - earlier.hintsKept,
                    hintsAtOnce - earlier.hintsAtOnce,
                    hintsRefused - earlier.hintsRefused,
                    pagesMoved - earlier.pagesMoved);
        }
    }

    /// Pages by size at one time.
    ///
    /// @param nanoseconds simulated time
    /// @param accesses made by then
    /// @param guestSmall bytes that the guest maps with 4-KiB pages
    /// @param guestLarge bytes that the guest maps with 2-MiB pages
    /// @param hostSmall guest memory backed by 4-KiB pages
    /// @param hostLarge guest memory backed by 2-MiB pages
    /// @param guestLargeOnLarge bytes of guest 2-MiB pages that are backed by 2-MiB pages
    public record Moment(
            long nanoseconds,
            long accesses,
            long guestSmall,
            long guestLarge,
            long hostSmall,
            long hostLarge,
            long guestLargeOnLarge) {}

    /// All cycles: of accesses, translation, data, exits and software, in the background too.
    public long cycles() {
        return accessCycles
                + walks.translationCycles()
                + walks.dataCycles
                + account.cycles()
                + background.cycles();
    }

    /// This result, of which something can be concluded: no task failed.
    ///
    /// @throws InputException that says which one did, and why
    public VmResult requireNoFailure() {
        for (TaskResult task : tasks) {
            if (task.failure() != null) {
                throw new InputException(
                        "%s failed after %,d accesses, so nothing can be concluded: %s"
                                .formatted(task.program(), task.accesses(), task.failure()));
            }
        }
        return this;
    }

    /// Whether every task ended as it has to.
    public boolean isVerified() {
        return tasks.stream().allMatch(TaskResult::isVerified);
    }
}
