package org.nestwalk.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.nestwalk.memory.PhysicalMemory;

/// Radix tables in memory whose entries a test can change. Tables lie one after the other, so their
/// addresses are known; entries hold whatever permission bits the test wants.
final class TestTables {
    private static final long LARGE = 1L << 7;
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    private final PhysicalMemory memory;
    private final LongUnaryOperator hostPhysical;
    private final int levels;
    private final long tableBits;
    private final long leafBits;
    private final long firstFrame;
    private long nextFrame;
    private final List<Long> slots = new ArrayList<>();

    /// Tables whose entries get `tableBits` or `leafBits`, in frames from `firstFrame` on.
    ///
    /// @param hostPhysical where a frame is in `memory`
    TestTables(
            PhysicalMemory memory,
            LongUnaryOperator hostPhysical,
            long firstFrame,
            int levels,
            long tableBits,
            long leafBits) {
        this.memory = memory;
        this.hostPhysical = hostPhysical;
        this.levels = levels;
        this.tableBits = tableBits;
        this.leafBits = leafBits;
        this.firstFrame = firstFrame;
        this.nextFrame = firstFrame + 0x1000;
    }

    long root() {
        return firstFrame;
    }

    /// The frames of all tables, the root's first.
    List<Long> frames() {
        List<Long> frames = new ArrayList<>();
        for (long frame = firstFrame; frame < nextFrame; frame += 0x1000) {
            frames.add(frame);
        }
        return frames;
    }

    /// Host-physical addresses of all entries written.
    List<Long> slots() {
        return slots;
    }

    /// Maps the page of `address` by an entry at level `leaf`, unless something maps it already.
    void map(long address, long target, int leaf) {
        for (int level = levels; level > leaf; level--) {
            long slot = slot(address, level);
            if (memory.read(slot) == 0) {
                write(slot, nextFrame | tableBits);
                nextFrame += 0x1000;
            } else if (level <= 3 && (memory.read(slot) & LARGE) != 0) {
                return;
            }
        }
        if (memory.read(slot(address, leaf)) == 0) {
            long page = target & -(1L << (3 + 9 * leaf));
            write(slot(address, leaf), page | leafBits | (leaf == 1 ? 0 : LARGE));
        }
    }

    /// The frame of the table at `level` through which `address` goes.
    long table(long address, int level) {
        return level == levels ? firstFrame : memory.read(slot(address, level + 1)) & ADDRESS;
    }

    /// The host-physical address of the entry at `level` through which `address` goes.
    long slot(long address, int level) {
        long index = (address >>> (3 + 9 * level)) & 511;
        return hostPhysical.applyAsLong(table(address, level)) + 8 * index;
    }

    private void write(long slot, long entry) {
        memory.write(slot, entry);
        slots.add(slot);
    }
}
