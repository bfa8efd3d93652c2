package org.nestwalk.memory;

/// Physical memory as the walker sees it: 64-bit words. What was never written reads as zero.
public interface PhysicalMemory {
    /// The word at `address`, which is a multiple of 8.
    long read(long address);

    /// Stores `value` at `address`, which is a multiple of 8.
    void write(long address, long value);

    /// As [#write], of a word that nothing has been concluded from: not one of the [#rewrites].
    void writeUnseen(long address, long value);

    /// How often a word that was not zero has been changed so far. While this stays the same, what
    /// was concluded from words that are not zero holds.
    long rewrites();
}
