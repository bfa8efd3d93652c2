package org.nestwalk.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Guest memory by guest-physical address, as the hypervisor sees it: accesses here are not the
/// guest's, cause no exit, cost nothing, and set no flag in any table. Of encrypted memory they see
/// the ciphertext.
///
/// @see KernelCpu for the guest's own accesses
public interface GuestMemory {
    /// Bytes, from address 0.
    long bytes();

    /// The word at `gpa`, a multiple of 8; 0 where nothing was written.
    ///
    /// @throws IndexOutOfBoundsException beyond the memory
    long read(long gpa);

    /// Stores a word at `gpa`, a multiple of 8, backing its page if it is not.
    ///
    /// @throws IllegalStateException if the guest owns the page, so that the processor refuses
    ///   ([Protection#OWNED])
    /// @throws IndexOutOfBoundsException beyond the memory
    void write(long gpa, long value);

    /// Copies `bytes`, a multiple of 8, between ranges that do not overlap.
    void copy(long from, long to, long bytes);

    /// Reads the 4-KiB page at `gpa`, as [#read] does each word of it.
    ///
    /// @param gpa a multiple of 4096
    /// @param words receives 512 words
    default void readPage(long gpa, long[] words) {
        for (int i = 0; i < PAGE_WORDS; i++) {
            words[i] = read(gpa + (long) i * Long.BYTES);
        }
    }

    /// As [#readPage(long, long[])], into `bytes`, little-endian.
    ///
    /// @param bytes receives 4096 bytes from `offset` on
    default void readPage(long gpa, MemorySegment bytes, long offset) {
        for (int i = 0; i < PAGE_WORDS; i++) {
            long at = (long) i * Long.BYTES;
            bytes.set(WORD, offset + at, read(gpa + at));
        }
    }

    /// Makes the 4-KiB page at `gpa` hold `words`, as [#write] does with each word that differs.
    ///
    /// @param gpa a multiple of 4096
    /// @param words 512 words
    default void writePage(long gpa, long[] words) {
        for (int i = 0; i < PAGE_WORDS; i++) {
            long at = gpa + (long) i * Long.BYTES;
            if (words[i] != read(at)) {
                write(at, words[i]);
            }
        }
    }

    /// As [#writePage(long, long[])], of what `bytes` have, little-endian.
    ///
    /// @param bytes the page's 4096 from `offset` on
    default void writePage(long gpa, MemorySegment bytes, long offset) {
        for (int i = 0; i < PAGE_WORDS; i++) {
            long at = (long) i * Long.BYTES;
            long word = bytes.get(WORD, offset + at);
            if (word != read(gpa + at)) {
                write(gpa + at, word);
            }
        }
    }

    /// Words of a 4-KiB page.
    int PAGE_WORDS = 512;

    /// A word of memory wherever it is.
    ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
}
