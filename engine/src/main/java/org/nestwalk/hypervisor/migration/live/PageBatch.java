package org.nestwalk.hypervisor.migration.live;

import org.nestwalk.machine.GuestMemory;

/// Up to 64 pages with their contents, on the way from one side to the other. Filled, sent and
/// emptied again and again, so that nothing is allocated per page.
public final class PageBatch {
    /// The most pages of a batch: 256 KiB, which stay in a second-level cache.
    public static final int PAGES = 64;

    private final long[] addresses = new long[PAGES];
    private final long[] checksums = new long[PAGES];
    private final long[] words = new long[PAGES * GuestMemory.PAGE_WORDS];
    private int size;

    /// An empty batch.
    public PageBatch() {}

    /// The number of pages in it.
    public int size() {
        return size;
    }

    /// Whether there is room for no more.
    public boolean isFull() {
        return size == PAGES;
    }

    /// Removes all pages.
    public void clear() {
        size = 0;
    }

    /// Adds a page, whose contents the caller has put, or will put, into [#words] from
    /// [#offset]`(index)` on.
    ///
    /// @param gpa a multiple of 4096
    /// @param checksum of its address and contents ([PageChecksum])
    /// @return its index
    /// @throws IllegalStateException if the batch is full
    public int add(long gpa, long checksum) {
        if (isFull()) {
            throw new IllegalStateException("a batch of %d pages is full".formatted(PAGES));
        }
        addresses[size] = gpa;
        checksums[size] = checksum;
        return size++;
    }

    /// The guest-physical address of page `index`.
    public long address(int index) {
        return addresses[index];
    }

    /// The checksum of page `index`, as its sender said it.
    public long checksum(int index) {
        return checksums[index];
    }

    /// The contents of all pages, one after the other.
    public long[] words() {
        return words;
    }

    /// Where the contents of page `index` begin in [#words].
    public int offset(int index) {
        return index * GuestMemory.PAGE_WORDS;
    }
}
