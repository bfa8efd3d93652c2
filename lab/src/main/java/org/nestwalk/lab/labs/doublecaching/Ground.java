package org.nestwalk.lab.labs.doublecaching;

import org.nestwalk.bits.PageSize;

/// A machine with a disk on which a guest reads a file, made for one observation or several.
interface Ground extends AutoCloseable {
    /// A guest on it.
    ///
    /// @param frames that its cache has room for
    /// @param readahead of its cache, in pages
    /// @param backing largest pages by which its memory is backed
    ReadingGuest guest(int frames, int readahead, PageSize backing);

    /// Has the host's page cache hold none of the file, or the first `pages` of it.
    void setHost(boolean cold, long pages);

    /// Pages that have been read from the disk.
    long diskPages();

    /// Nanoseconds, by a clock that goes on while the guest runs and while it waits.
    long now(ReadingGuest guest);

    @Override
    void close();
}
