package org.nestwalk.lab.vm;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.dirty.DirtyRateMeter;
import org.nestwalk.lab.progress.LivePages;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.mmu.count.MmuCounts;

/// What came of programs in a virtual machine, on whatever it ran.
///
/// @param options how they ran
/// @param ran what ran
/// @param time how long it took
/// @param software what exits, kernel and hypervisor did
/// @param simulated what only the simulated machine knows; null on another
/// @param measured what only hardware knows; null on the simulated machine
public record VmResult(
        VmOptions options,
        Ran ran,
        Elapsed time,
        Software software,
        @Nullable Simulated simulated,
        @Nullable Measured measured) {
    /// What ran.
    ///
    /// @param complete whether everything ran to its end, and was not interrupted
    /// @param tasks each program on each CPU
    /// @param nonCanonical accesses left out because their addresses are not canonical, of one copy
    ///   of each program
    /// @param identities of the programs' contents, in order
    /// @param warnings what a reader should know of the programs, such as what was left out of a
    ///   trace
    /// @param ofUnknownDependence whether one is a trace that does not say which accesses depend on
    ///   which
    public record Ran(
            boolean complete,
            List<TaskResult> tasks,
            long nonCanonical,
            List<String> identities,
            List<String> warnings,
            boolean ofUnknownDependence) {
        /// Copies the lists.
        public Ran {
            tasks = List.copyOf(tasks);
            identities = List.copyOf(identities);
            warnings = List.copyOf(warnings);
        }
    }

    /// How long it took, by the clocks of the virtual CPUs.
    ///
    /// @param nanoseconds that the busiest one ran
    /// @param warmupNanoseconds those that had passed when counting began
    /// @param accesses made by all since then
    /// @param frequencyGHz of the cycles of accounts and latencies
    public record Elapsed(
            long nanoseconds, long warmupNanoseconds, long accesses, double frequencyGHz) {
        /// Nanoseconds since counting began.
        public long counted() {
            return nanoseconds - warmupNanoseconds;
        }
    }

    /// What exits, kernel and hypervisor did since counting began.
    ///
    /// @param account exits and software, all CPUs together
    /// @param latencies how long exits took, by reason
    /// @param guest what the guest's kernel did
    /// @param timeline pages by size as time went on, from the start
    /// @param pages a sample of the guest's memory at the end; null in native mode
    /// @param dirtyRate pages written in each period, from the start; empty if nobody asked
    public record Software(
            Account account,
            Map<ExitReason, Percentiles> latencies,
            Guest guest,
            List<Moment> timeline,
            @Nullable LivePages pages,
            List<DirtyRateMeter.Sample> dirtyRate) {
        /// Copies the collections.
        public Software {
            latencies = Map.copyOf(latencies);
            timeline = List.copyOf(timeline);
            dirtyRate = List.copyOf(dirtyRate);
        }
    }

    /// What only the simulated machine knows, since counting began.
    ///
    /// @param machine name of the processor
    /// @param costs what software's work cost
    /// @param walks translation, all CPUs together
    /// @param accessCycles cycles of accesses besides translation and data-cache latency
    /// @param background work of the hypervisor outside exits
    /// @param host what the host did; null in native mode
    public record Simulated(
            String machine,
            SoftwareCosts costs,
            MmuCounts walks,
            long accessCycles,
            Account background,
            @Nullable Host host) {}

    /// What only hardware knows.
    ///
    /// @param node of the host that memory and threads were bound to; null if to none
    /// @param processor the host's, as its kernel calls it
    /// @param kernel the host's release
    public record Measured(@Nullable Integer node, String processor, String kernel) {}

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

    /// What the host did.
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
    /// @param nanoseconds that the busiest CPU had run
    /// @param accesses made by then
    /// @param exits of all CPUs by then
    /// @param guestSmall bytes that the guest maps with 4-KiB pages
    /// @param guestLarge bytes that the guest maps with 2-MiB pages
    /// @param hostSmall guest memory backed by 4-KiB pages
    /// @param hostLarge guest memory backed by 2-MiB pages
    /// @param guestLargeOnLarge bytes of guest 2-MiB pages that are backed by 2-MiB pages
    public record Moment(
            long nanoseconds,
            long accesses,
            long exits,
            long guestSmall,
            long guestLarge,
            long hostSmall,
            long hostLarge,
            long guestLargeOnLarge) {}

    /// Whether everything ran to its end.
    public boolean complete() {
        return ran.complete;
    }

    /// Each program on each CPU.
    public List<TaskResult> tasks() {
        return ran.tasks;
    }

    /// Exits and software, all CPUs together.
    public Account account() {
        return software.account;
    }

    /// Pages by size as time went on.
    public List<Moment> timeline() {
        return software.timeline;
    }

    /// Translation, all CPUs together.
    ///
    /// @throws IllegalStateException if it did not run on the simulated machine
    public MmuCounts walks() {
        return onlySimulated().walks;
    }

    /// What only the simulated machine knows.
    ///
    /// @throws IllegalStateException if it did not run on that
    public Simulated onlySimulated() {
        if (simulated == null) {
            throw new IllegalStateException("this is for results of the simulated machine");
        }
        return simulated;
    }

    /// All cycles: of accesses, translation, data, exits and software, in the background too.
    ///
    /// @throws IllegalStateException if it did not run on the simulated machine
    public long cycles() {
        Simulated sim = onlySimulated();
        return sim.accessCycles
                + sim.walks.cycles(0)
                + account().cycles()
                + sim.background.cycles();
    }

    /// This result, of which something can be concluded: no task failed.
    ///
    /// @throws InputException that says which one did, and why
    public VmResult requireNoFailure() {
        for (TaskResult task : tasks()) {
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
        return tasks().stream().allMatch(TaskResult::isVerified);
    }
}
