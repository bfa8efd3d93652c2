package org.nestwalk.memory;

/// The frames that [Fragmentation] has occupied in a [BuddyAllocator], as if other tenants of the
/// machine used them.
///
/// They are movable: compaction may copy one elsewhere and must then say so by [#moved]. All are
/// allocated with order 0. Not for several threads.
public final class OtherTenants {
    private static final long FRAME = 1L << BuddyAllocator.FRAME_SHIFT;

    private final BuddyAllocator allocator;
    private final BlockSet held;

    /// None yet, in `allocator`.
    OtherTenants(BuddyAllocator allocator) {
        this.allocator = allocator;
        held = new BlockSet(allocator.totalFrames());
    }

    /// How many frames are occupied.
    public long frames() {
        return held.count();
    }

    /// Whether the frame that `address` is in is one of them.
    public boolean holds(long address) {
        return held.contains(frame(address));
    }

    /// The address of the lowest of these frames that begins at or after `from`, or -1.
    public long next(long from) {
        long first = from <= allocator.base() ? 0 : frame(from + FRAME - 1);
        long frame = held.next(first);
        return frame < 0 ? -1 : address(frame);
    }

    /// Says that compaction has moved the contents of the frame at `from`, one of these, to that at
    /// `to`, which is none of them. What this means to the allocator, [BuddyAllocator#allocate] or
    /// [BuddyAllocator#allocateAt] of order 0 for `to` and [BuddyAllocator#free] for `from`, is the
    /// caller's work, in either order.
    ///
    /// @throws IllegalStateException if `from` is not occupied by these tenants, or `to` is
    public void moved(long from, long to) {
        if (!holds(from)) {
            throw new IllegalStateException(
                    "0x" + Long.toHexString(from) + " is no frame of other tenants");
        }
        if (!allocator.contains(to) || holds(to)) {
            throw new IllegalStateException(
                    "0x" + Long.toHexString(to) + " cannot be a new frame of other tenants");
        }
        held.remove(frame(from));
        held.add(frame(to));
    }

    /// Frees exactly these frames, wherever they are now, and forgets them: if nothing else was
    /// allocated or freed since they were imposed, the allocator is what it was before.
    public void undo() {
        for (long frame = held.next(0); frame >= 0; frame = held.next(frame + 1)) {
            held.remove(frame);
            allocator.free(address(frame), 0);
        }
    }

    /// Occupies the frame at `start`, which is free, and those after it up to `length` frames, the
    /// first that is not free, or the last free frame.
    void occupy(long start, long length) {
        long address = start;
        for (long i = 0; i < length && allocator.freeFrames() > 1; i++) {
            if (!allocator.contains(address) || !allocator.allocateAt(address, 0)) {
                return;
            }
            held.add(frame(address));
            address += FRAME;
        }
    }

    private long frame(long address) {
        return address - allocator.base() >> BuddyAllocator.FRAME_SHIFT;
    }

    private long address(long frame) {
        return allocator.base() + (frame << BuddyAllocator.FRAME_SHIFT);
    }
}
