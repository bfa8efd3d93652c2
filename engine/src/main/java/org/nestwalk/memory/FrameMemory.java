package org.nestwalk.memory;

/// Physical memory of which whole frames of 4 KiB are copied and zeroed.
public interface FrameMemory extends PhysicalMemory {
    /// Copies the frame at `from` to that at `to`; both are multiples of 4096.
    void copyFrame(long from, long to);

    /// Makes the frame at `address`, a multiple of 4096, all zero and forgets that it held tables.
    void release(long address);
}
