package org.nestwalk.hypervisor.migration;

import org.nestwalk.memory.PageSet;

/// What a guest does to its pages, by intervals of its own time, for ever. It is data that is known
/// beforehand, so that several policies can be tried on the same guest.
public interface PageActivity {
    /// What happens in an interval.
    ///
    /// @param nanoseconds how long it is, 1 at least
    /// @param touched pages that are read or written in it, each when it is first
    /// @param written pages that are written in it, each when it is first
    record Interval(long nanoseconds, Touches touched, Touches written) {}

    /// Bytes of the guest's memory.
    long memoryBytes();

    /// The pages that hold something but zeroes when the first interval begins.
    PageSet held();

    /// Whether pages are known that are only read.
    boolean knowsReads();

    /// The interval of that number, 0 or more.
    Interval interval(long index);

    /// The pages that are written in an interval, as a set that nobody changes.
    PageSet writtenIn(long index);
}
