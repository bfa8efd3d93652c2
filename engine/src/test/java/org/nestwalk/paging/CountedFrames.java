package org.nestwalk.paging;

import org.nestwalk.memory.BuddyAllocator;
import org.nestwalk.memory.PhysicalMemory;

/// Frames for tables from a buddy allocator, which checks that they come back once, and zeroed.
/// Their host-physical addresses differ from those in the entries.
final class CountedFrames implements TableFrames {
    static final long HOST = 0x100_0000_0000L;
    private static final long BASE = 0x4000_0000;
    private static final long BYTES = 0x400_0000;

    private final PhysicalMemory memory;
    final BuddyAllocator allocator = new BuddyAllocator(BASE, BYTES);

    CountedFrames(PhysicalMemory memory) {
        this.memory = memory;
    }

    @Override
    public long allocate() {
        return allocator.allocate(0);
    }

    @Override
    public long hostPhysical(long address) {
        return address + HOST;
    }

    @Override
    public void free(long address) {
        for (long word = 0; word < 4096; word += 8) {
            if (memory.read(hostPhysical(address) + word) != 0) {
                throw new AssertionError("table " + Long.toHexString(address) + " is not zero");
            }
        }
        allocator.free(address, 0);
    }

    /// How many frames are in use.
    long used() {
        return allocator.totalFrames() - allocator.freeFrames();
    }

    boolean isAsAtFirst() {
        return allocator.sameStateAs(new BuddyAllocator(BASE, BYTES));
    }
}
