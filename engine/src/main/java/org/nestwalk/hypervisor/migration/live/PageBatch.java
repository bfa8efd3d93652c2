package org.nestwalk.hypervisor.migration.live;

import java.util.function.IntPredicate;
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

    /// Fills in the contents of all pages, as `memory` has them, and their checksums.
    public void read(GuestMemory memory) {
        for (int i = 0; i < size; i++) {
            memory.readPage(addresses[i], words, offset(i));
            checksums[i] = PageChecksum.of(addresses[i], words, offset(i));
        }
    }

    /// Makes `memory` hold the contents of page `index`.
    public void write(int index, GuestMemory memory) {
        memory.writePage(addresses[index], words, offset(index));
    }

    /// Whether the contents of page `index` have the checksum that its sender said.
    public boolean isIntact(int index) {
        return checksums[index] == PageChecksum.of(addresses[index], words, offset(index));
    }

    /// Whether page `index` holds zeroes.
    public boolean isZero(int index) {
        for (int i = offset(index); i < offset(index + 1); i++) {
            if (words[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /// Keeps the pages whose index is `wanted`, in their order.
    public void retain(IntPredicate wanted) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (wanted.test(i)) {
                move(i, kept);
                kept++;
            }
        }
        size = kept;
    }

    private void move(int from, int to) {
        if (from != to) {
            addresses[to] = addresses[from];
            checksums[to] = checksums[from];
            System.arraycopy(words, offset(from), words, offset(to), GuestMemory.PAGE_WORDS);
        }
    }

    /// Becomes a copy of `other`.
    public void set(PageBatch other) {
        size = other.size;
        System.arraycopy(other.addresses, 0, addresses, 0, size);
        System.arraycopy(other.checksums, 0, checksums, 0, size);
        System.arraycopy(other.words, 0, words, 0, offset(size));
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
