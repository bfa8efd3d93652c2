package org.nestwalk.machine;

/// Pages of a virtual machine that must stay where they are, because devices reach them by
/// host-physical addresses: what Linux's `pin_user_pages` is to VFIO.
///
/// The memory of a pinned page backs no other page. Who wants to take it away, or another in its
/// place, asks the owners of its pins; if one refuses it stays. So a pinned page is not merged,
/// shared, collapsed, moved or patched; memory that is frozen has a copy of it at once.
public interface PinnedMemory {
    /// Nothing is pinned, and nothing can be.
    PinnedMemory NONE =
            new PinnedMemory() {
                @Override
                public long pin(long gpa, PinOwner owner) {
                    throw new UnsupportedOperationException("this machine pins no pages");
                }

                @Override
                public void unpin(long gpa, PinOwner owner) {
                    throw new UnsupportedOperationException("this machine pins no pages");
                }

                @Override
                public boolean isPinned(long gpa, long bytes) {
                    return false;
                }

                @Override
                public long pages() {
                    return 0;
                }

                @Override
                public long hostAddress(long gpa) {
                    throw new UnsupportedOperationException("this machine shows no host frames");
                }
            };

    /// Pins the 4-KiB page around `gpa`, having brought it back and backed it if it was not there.
    /// A page can be pinned by several, and several times by one.
    ///
    /// @return the host-physical address of the page, or -1, with nothing pinned, if the host has
    ///   no memory
    long pin(long gpa, PinOwner owner);

    /// Takes one pin of `owner` back.
    ///
    /// @throws IllegalStateException if it has none
    void unpin(long gpa, PinOwner owner);

    /// Whether a page of a range is pinned.
    boolean isPinned(long gpa, long bytes);

    /// How many 4-KiB pages are pinned.
    long pages();

    /// The host-physical address that the second level has for `gpa`, or -1.
    long hostAddress(long gpa);
}
