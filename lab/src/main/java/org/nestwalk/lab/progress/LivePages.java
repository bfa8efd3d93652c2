package org.nestwalk.lab.progress;

import org.jspecify.annotations.Nullable;

/// The pages of a virtual machine at a moment of its run.
///
/// @param nanoseconds that the busiest CPU has run
/// @param accesses made by all CPUs
/// @param exits so far
/// @param pages of 4 KiB in the guest's memory
/// @param pagesPerCell how many of them a cell stands for, by its first
/// @param cells the number of a [State] for each, and [#WRITTEN] added to that of a page that was
///   written
/// @param written which pages were; null if nobody tracks that
@SuppressWarnings("ArrayRecordComponent") // a million cells, made anew each time
public record LivePages(
        long nanoseconds,
        long accesses,
        long exits,
        long pages,
        int pagesPerCell,
        byte[] cells,
        @Nullable Written written) {
    /// Says of a cell that its page was written in the period of [Written].
    public static final int WRITTEN = 8;

    /// The last period that pages written were collected for.
    ///
    /// @param from nanoseconds of the virtual machine when it began
    /// @param until nanoseconds when it ended
    /// @param pages of 4 KiB that were written in it
    public record Written(long from, long until, long pages) {}

    /// The number of the [State] that a cell has.
    public static int state(byte cell) {
        return cell & WRITTEN - 1;
    }

    /// What a page is.
    public enum State {
        /// Nothing backs it.
        NONE,
        /// Backed by 4 KiB.
        SMALL,
        /// Part of a large page.
        LARGE,
        /// Its memory backs other pages, too.
        SHARED,
        /// Backed, and a write to it leaves the guest.
        PROTECTED,
        /// It has memory of the virtual machine that this one was forked from, and no mapping yet.
        INHERITED
    }
}
