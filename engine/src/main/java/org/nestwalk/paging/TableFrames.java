package org.nestwalk.paging;

/// Where a [PageTable] gets the pages for its tables, gives them back, and where these are in
/// host-physical memory.
public interface TableFrames {
    /// The address of a fresh 4-KiB page, all zero, in the address space that the table's entries
    /// use: guest-physical for a guest's tables, host-physical otherwise.
    long allocate();

    /// The host-physical address of the page at `address`, one that [#allocate] gave.
    long hostPhysical(long address);

    /// Takes back the page at `address`, one that [#allocate] gave; all of it is zero again.
    ///
    /// @throws UnsupportedOperationException if pages cannot be given back, as by default
    default void free(long address) {
        throw new UnsupportedOperationException(
                "the table at 0x" + Long.toHexString(address) + " cannot be given back");
    }
}
