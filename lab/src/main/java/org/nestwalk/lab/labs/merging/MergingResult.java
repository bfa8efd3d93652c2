package org.nestwalk.lab.labs.merging;

import java.util.List;

/// What came of keeping the memory of several guests in several ways.
///
/// @param machine the processor's name
/// @param program what each guest ran, with all its parameters
/// @param guests how many
/// @param nanoseconds how long they ran, in simulated time
/// @param imagePages pages that each guest held from the start
/// @param apart bytes of host memory that were taken at the end where nothing was shared
/// @param possible pages that could be saved at the end: all but one of those that held the same
/// @param ways those that were finished, in order
/// @param example the published example
/// @param channel what a guest's own writes tell it of a neighbour, without and with a defence
public record MergingResult(
        String machine,
        String program,
        int guests,
        long nanoseconds,
        long imagePages,
        long apart,
        long possible,
        List<Way> ways,
        List<Stage> example,
        List<Channel> channel) {
    /// Copies the lists.
    public MergingResult {
        ways = List.copyOf(ways);
        example = List.copyOf(example);
        channel = List.copyOf(channel);
    }

    /// One way, and what came of it.
    ///
    /// @param name what people call it
    /// @param savedAtOnce pages less than apart when all guests had started
    /// @param saved pages less than apart at the end, patches and tables counted
    /// @param halfAfter simulated nanoseconds until half of what is possible was saved; -1 if it
    ///   never was
    /// @param merged merges made
    /// @param scanned pages that merging looked at
    /// @param scanningCycles of looking at memory
    /// @param copies 4-KiB pages copied since they were written while shared
    /// @param copyExits exits of writes to shared pages
    /// @param rebuilt pages made of patches again
    /// @param cpuShare all cycles of the hypervisor, as a share of one CPU's time
    /// @param moments what was saved over time, in order
    public record Way(
            String name,
            long savedAtOnce,
            long saved,
            long halfAfter,
            long merged,
            long scanned,
            long scanningCycles,
            long copies,
            long copyExits,
            long rebuilt,
            double cpuShare,
            List<Moment> moments) {
        /// Copies the list.
        public Way {
            moments = List.copyOf(moments);
        }
    }

    /// What was saved at a moment.
    ///
    /// @param nanoseconds simulated time
    /// @param saved pages less than apart at that moment
    public record Moment(long nanoseconds, long saved) {}

    /// A stage of the published example, made with fewer pages of the same proportions.
    ///
    /// @param name of the stage
    /// @param pages in memory, or taken by patches
    /// @param share of the pages that there were at first
    /// @param published the same share, as published
    public record Stage(String name, long pages, double share, double published) {}

    /// What writes tell.
    ///
    /// @param defence against it
    /// @param samples writes timed of each kind
    /// @param sameCycles mean of writes to pages that a neighbour holds, too
    /// @param otherCycles mean of writes to pages that nobody else holds
    /// @param sensitivity d': the difference of these in deviations
    /// @param error share of single writes that are told wrongly by a threshold learnt from others
    public record Channel(
            String defence,
            int samples,
            double sameCycles,
            double otherCycles,
            double sensitivity,
            double error) {}
}
