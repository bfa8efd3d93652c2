package org.nestwalk.machine.simulated;

/// Moves what a frame holds to another one, for compaction.
interface PageMover {
    /// Moves the 4-KiB page of a virtual machine from one frame to another, which has been taken
    /// for it: copies, unmaps, flushes, maps again, and charges all that.
    ///
    /// @param owner word of [FrameOwners] of the frame at `from`
    void move(long owner, long from, long to);

    /// Whether what the frame holds would be lost elsewhere, as encrypted memory is.
    ///
    /// @param owner its word of [FrameOwners]
    boolean isPinned(long owner);

    /// Charges looking at so many frames.
    void scanned(long frames);

    /// Charges the copy of a page of another tenant.
    void movedForeign();
}
