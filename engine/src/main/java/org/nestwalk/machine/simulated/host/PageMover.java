package org.nestwalk.machine.simulated.host;

/// Moves what a frame holds to another one, for compaction.
public interface PageMover {
    /// Has every 4-KiB page that the frame at `from` backs backed by that at `to`, which is free:
    /// copies, unmaps, flushes, maps again, and charges all that.
    void move(long from, long to);

    /// Whether the frame at `hpa`, which backs pages, cannot be moved: because what it holds would
    /// be lost elsewhere, as encrypted memory is, or because a large page maps it.
    boolean isPinned(long hpa);

    /// Charges what looking at frames costs.
    void scanned(long frames);

    /// Charges the copy of a page of another tenant.
    void movedForeign();
}
