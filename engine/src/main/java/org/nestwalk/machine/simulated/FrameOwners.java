package org.nestwalk.machine.simulated;

import java.util.function.LongConsumer;

/// Who has which host frame: one word a frame, 8 bytes for every frame near one that is owned.
///
/// ```text
///  63     62 61                46 45   40 39                             0
/// +---------+--------------------+-------+--------------------------------+
/// |  kind   |  virtual machine   |   0   |  guest frame number (PAGE)     |
/// +---------+--------------------+-------+--------------------------------+
/// ```
final class FrameOwners {
    /// Nobody's: free, or another tenant's.
    static final int NONE = 0;

    /// Backs a page of a virtual machine.
    static final int PAGE = 1;

    /// Holds a table, or another structure, of the hypervisor for a virtual machine.
    static final int TABLE = 2;

    /// Reserved by the hypervisor; backs nothing.
    static final int RESERVED = 3;

    private static final int CHUNK_SHIFT = 15;
    private static final int KIND_SHIFT = 62;
    private static final int MACHINE_SHIFT = 46;
    private static final long GUEST_FRAME = (1L << 40) - 1;

    private final long[][] chunks;

    /// For frames 0 to `frames` - 1, all nobody's.
    FrameOwners(long frames) {
        chunks = new long[(int) ((frames >>> CHUNK_SHIFT) + 1)][];
    }

    /// The owner of the frame at `hpa`.
    long of(long hpa) {
        long frame = hpa >>> 12;
        long[] chunk = chunks[(int) (frame >>> CHUNK_SHIFT)];
        return chunk == null ? 0 : chunk[(int) frame & (1 << CHUNK_SHIFT) - 1];
    }

    /// Gives `count` frames from `hpa` to an owner.
    ///
    /// @throws IllegalStateException if one has another owner
    void take(long hpa, int count, int kind, int machine, long gpa) {
        for (int i = 0; i < count; i++) {
            long at = hpa + ((long) i << 12);
            if (of(at) != 0) {
                throw new IllegalStateException(
                        "frame " + Long.toHexString(at) + " has two owners");
            }
            set(at, pack(kind, machine, (gpa >>> 12) + i));
        }
    }

    /// Makes `count` frames from `hpa` nobody's.
    ///
    /// @throws IllegalStateException if one is already
    void give(long hpa, int count) {
        for (int i = 0; i < count; i++) {
            long at = hpa + ((long) i << 12);
            if (of(at) == 0) {
                throw new IllegalStateException("frame " + Long.toHexString(at) + " has no owner");
            }
            set(at, 0);
        }
    }

    /// Shows `consumer` the address of every frame from `from` to `end` that has an owner, in
    /// ascending order, at a cost that depends on how many are or were near such frames.
    void forEachOwned(long from, long end, LongConsumer consumer) {
        long last = end - 1 >>> 12;
        for (long frame = from >>> 12; frame <= last; ) {
            int number = (int) (frame >>> CHUNK_SHIFT);
            long next = (number + 1L) << CHUNK_SHIFT;
            long[] chunk = chunks[number];
            for (long at = frame; chunk != null && at < next && at <= last; at++) {
                if (chunk[(int) at & (1 << CHUNK_SHIFT) - 1] != 0) {
                    consumer.accept(at << 12);
                }
            }
            frame = next;
        }
    }

    static int kind(long owner) {
        return (int) (owner >>> KIND_SHIFT);
    }

    static int machine(long owner) {
        return (int) (owner >>> MACHINE_SHIFT) & 0xffff;
    }

    static long gpa(long owner) {
        return (owner & GUEST_FRAME) << 12;
    }

    static long pack(int kind, int machine, long guestFrame) {
        long frame = kind == PAGE ? guestFrame : 0;
        return (long) kind << KIND_SHIFT | (long) machine << MACHINE_SHIFT | frame;
    }

    private void set(long hpa, long owner) {
        long frame = hpa >>> 12;
        int chunk = (int) (frame >>> CHUNK_SHIFT);
        if (chunks[chunk] == null) {
            chunks[chunk] = new long[1 << CHUNK_SHIFT];
        }
        chunks[chunk][(int) frame & (1 << CHUNK_SHIFT) - 1] = owner;
    }
}
