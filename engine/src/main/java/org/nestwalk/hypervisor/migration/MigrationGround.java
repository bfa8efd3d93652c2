package org.nestwalk.hypervisor.migration;

import org.nestwalk.memory.PageSet;

/// What a migration works on: a guest that runs, and the link to where it goes. The loop of
/// [Migration] is the same whether both are real or neither is.
public interface MigrationGround {
    /// What came of a guest that goes on there before its memory is there.
    ///
    /// @param nanoseconds from when it went on until all was there
    /// @param bytes sent in that time, and before it to say which pages are missing
    /// @param faults accesses that had to wait for their page
    /// @param longestWait nanoseconds of the longest
    record Pulled(long nanoseconds, long bytes, long faults, long longestWait) {}

    /// Nanoseconds since the migration began.
    long now();

    /// Bytes of the guest's memory.
    long memoryBytes();

    /// The pages that there are to send at first, and begins to look for those that are written.
    PageSet begin();

    /// Bytes that sending `pages` takes.
    long bytesOf(PageSet pages);

    /// Sends pages of `left`, and removes them, until no more than `until` bytes are left or so
    /// much time has passed. The guest runs meanwhile, if it is not stopped.
    ///
    /// @return bytes sent
    long send(PageSet left, long until, long nanoseconds);

    /// Adds the pages written since the last call to `into`, and forgets them.
    ///
    /// @return how many
    long collect(PageSet into);

    /// Bytes a second that the link has carried of late.
    double bandwidth();

    /// Slows the guest down, or no more.
    void slow(Slowing slowing);

    /// Stops the guest.
    void stop();

    /// Has the guest go on where it goes to: sends what there is beside memory, and waits until the
    /// other side has said that it has all of it.
    ///
    /// @param missing pages that are not there yet
    /// @return nanoseconds that this took, of which the guest ran in none
    long handOver(PageSet missing);

    /// Sends `missing` to the guest that runs there, as it asks for pages and in between.
    Pulled pull(PageSet missing);

    /// Nanoseconds of the longest time that the guest has waited at once before it went on over
    /// there, though it was not stopped.
    long longestWait();

    /// Nanoseconds that the guest has not run since the migration began, though it was not stopped:
    /// it was slowed down, or waited for exits and pages.
    long lost();
}
