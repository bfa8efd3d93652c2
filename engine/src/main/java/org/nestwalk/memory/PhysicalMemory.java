package org.nestwalk.memory;

/// Physical memory as the walker sees it: 64-bit words. What was never written reads as zero.
public interface PhysicalMemory {
    /// The word at `address`, which is a multiple of 8.
    long read(long address);

    /// Stores `value` at `address`, which is a multiple of 8.
    void write(long address, long value);
}
