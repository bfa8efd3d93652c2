package org.nestwalk.lab.progress;

/// The pages of a virtual machine at a moment of its run.
///
/// @param nanoseconds that the busiest CPU has run
/// @param accesses made by all CPUs
/// @param exits so far
/// @param pages of 4 KiB in the guest's memory
/// @param pagesPerCell how many of them a cell stands for, by its first
/// @param cells the number of a [State] for each
@SuppressWarnings("ArrayRecordComponent") // a million cells, made anew each time
public record LivePages(
        long nanoseconds, long accesses, long exits, long pages, int pagesPerCell, byte[] cells) {
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
