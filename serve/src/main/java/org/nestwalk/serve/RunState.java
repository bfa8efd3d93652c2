package org.nestwalk.serve;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.progress.LivePages;
import org.nestwalk.lab.progress.ProgressReport;

/// How far a run is, as pages are told.
///
/// @param id the run's number
/// @param experiment the name of what runs
/// @param command the words of a command line that runs the same
/// @param phase of its life
/// @param place in the queue, from 1; left out of what does not wait
/// @param progress of what runs now
/// @param done phases that are over, as far as they came
/// @param live the pages of the virtual machine that runs, if there is one that somebody watches
/// @param charts the number of times that there were charts of what runs, which are asked for apart
/// @param message what is to be said of how it ended
/// @param parameter whose value was the reason
/// @param result what pages call what came of it
/// @param complete false if that is only what there was when it was cancelled
public record RunState(
        int id,
        String experiment,
        List<String> command,
        Phase phase,
        @Nullable Integer place,
        @Nullable ProgressReport progress,
        List<ProgressReport> done,
        @Nullable Live live,
        @Nullable Integer charts,
        @Nullable String message,
        @Nullable String parameter,
        @Nullable String result,
        @Nullable Boolean complete) {
    /// Copies the lists.
    public RunState {
        command = List.copyOf(command);
        done = List.copyOf(done);
    }

    /// The pages of a virtual machine as it runs, without the map of them, which is asked for
    /// apart.
    ///
    /// @param number of times that they were seen
    /// @param milliseconds that the busiest CPU has run
    /// @param accesses made by all CPUs
    /// @param exits so far
    /// @param pages of 4 KiB in the guest's memory
    /// @param pagesPerCell how many of them a cell of the map stands for
    /// @param cells how many cells there are of each state, in the order of the states
    /// @param written what was written in the last period that it was tracked for; left out if it
    ///   is not
    public record Live(
            int number,
            double milliseconds,
            long accesses,
            long exits,
            long pages,
            int pagesPerCell,
            List<Long> cells,
            @Nullable Written written) {
        /// Copies the list.
        public Live {
            cells = List.copyOf(cells);
        }

        static Live of(int number, LivePages seen) {
            Long[] cells = new Long[LivePages.State.values().length];
            Arrays.fill(cells, 0L);
            for (byte cell : seen.cells()) {
                cells[LivePages.state(cell)]++;
            }
            return new Live(
                    number,
                    seen.nanoseconds() / 1e6,
                    seen.accesses(),
                    seen.exits(),
                    seen.pages(),
                    seen.pagesPerCell(),
                    List.of(cells),
                    Written.of(seen.written()));
        }
    }

    /// Pages written in a period.
    ///
    /// @param from milliseconds of the virtual machine when it began
    /// @param until milliseconds when it ended
    /// @param pages of 4 KiB that were written in it
    public record Written(double from, double until, long pages) {
        static @Nullable Written of(LivePages.@Nullable Written seen) {
            return seen == null
                    ? null
                    : new Written(seen.from() / 1e6, seen.until() / 1e6, seen.pages());
        }
    }

    /// A phase of a run's life.
    public enum Phase {
        /// Others run before it.
        WAITING,
        /// It runs.
        RUNNING,
        /// There is a result.
        DONE,
        /// It was cancelled before there was anything to say.
        CANCELLED,
        /// What was asked could not be done.
        REFUSED,
        /// It ended with an error.
        FAILED;

        /// Whether it changes no more.
        boolean isLast() {
            return this != WAITING && this != RUNNING;
        }
    }
}
