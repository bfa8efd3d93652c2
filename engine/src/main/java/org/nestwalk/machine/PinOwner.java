package org.nestwalk.machine;

/// Who has pinned pages, and is asked to let them go. Called while no CPU is in its guest.
public interface PinOwner {
    /// The memory behind the 4-KiB page at `gpa` is about to be taken away or replaced: lets it go,
    /// by [PinnedMemory#unpin] and only when nothing reaches it any more, as Linux's MMU notifiers
    /// have users of page tables do.
    ///
    /// @return false, with nothing changed, if it refuses
    boolean letGo(long gpa);

    /// The virtual machine is about to give back all memory: lets everything go.
    void end();

    /// Its name in sentences, such as `network card 03:00.0`.
    String label();
}
