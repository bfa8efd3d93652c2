package org.nestwalk.hypervisor.migration.live;

/// Where the side is that a guest leaves: the states of the model (`designs/hand-over.pml`).
public enum SourceState {
    /// It has offered the guest, or is about to.
    OFFERING(true),
    /// It sends pages.
    COPYING(true),
    /// It has sent the guest's state, and waits to hear that the target is ready.
    ASKING(true),
    /// It has given the guest away, and not heard that the target runs it. Nobody runs the guest
    /// here: it asks, and if the target cannot be reached a human must decide.
    IN_DOUBT(false),
    /// The target runs the guest, and still needs pages from here.
    SERVING(false),
    /// The target has the guest, and needs nothing.
    GONE(false),
    /// The guest stays.
    KEPT(true);

    private final boolean owner;

    SourceState(boolean owner) {
        this.owner = owner;
    }

    /// Whether the guest is this side's to run.
    public boolean isOwner() {
        return owner;
    }
}
