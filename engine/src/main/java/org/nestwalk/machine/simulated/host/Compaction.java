package org.nestwalk.machine.simulated.host;

import org.nestwalk.bits.PageSize;
import org.nestwalk.memory.BuddyAllocator;
import org.nestwalk.memory.OtherTenants;

/// Makes free 2-MiB blocks by moving the few pages in the way of one, as the kernel's compaction
/// does (Linux, `mm/compaction.c`).
///
/// Candidates are considered in the order of addresses, going on where the last search ended, a
/// window at a time; of a window the one with the fewest pages to move is made free. Looking is
/// charged: once for a block, whose free frames the allocator counts, and once for each frame of a
/// block that has few enough to move.
final class Compaction {
    private static final int ORDER = BuddyAllocator.ORDER_2M;
    private static final long BLOCK = PageSize.SIZE_2M.bytes();
    private static final long FRAME = PageSize.SIZE_4K.bytes();
    private static final int WINDOW = 256;
    private static final long PENDING = -1;

    private final HostFrames host;
    private final PageMover mover;
    private long cursor;
    private long looks;

    Compaction(HostFrames host, PageMover mover) {
        this.host = host;
        this.mover = mover;
    }

    /// Makes one free block, moving at most `mostMoves` pages.
    ///
    /// @return how many were moved, or -1 if there is no block that can be made
    int makeBlock(int mostMoves) {
        long blocks = host.bytes() / BLOCK;
        long best = -1;
        int fewest = mostMoves + 1;
        looks = 0;
        for (long i = 0; i < blocks && (best == -1 || i % WINDOW != 0); i++) {
            long block = cursor % blocks * BLOCK;
            cursor++;
            int moves = movesToFree(block, fewest - 1);
            if (moves > 0 && moves < fewest) {
                best = block;
                fewest = moves;
            }
        }
        mover.scanned(looks);
        if (best == -1) {
            return -1;
        }
        moveAll(best);
        return fewest;
    }

    /// How many pages have to be moved to free `block`; 0 if it is free, or -1 if they are more
    /// than `most` or one of them cannot be moved.
    private int movesToFree(long block, int most) {
        BuddyAllocator allocator = host.allocator(block);
        looks++;
        int free = (int) allocator.freeFramesIn(block, ORDER);
        int used = (1 << ORDER) - free;
        if (used > most
                || allocator.allocatedOrder(block) >= ORDER
                || allocator.freeFrames() - free < used) {
            return -1;
        }
        OtherTenants tenants = host.tenants(block);
        for (long hpa = block; used > 0 && hpa < block + BLOCK; hpa += FRAME) {
            looks++;
            if (!allocator.isFree(hpa) && !tenants.holds(hpa) && !isMovable(hpa)) {
                return -1;
            }
        }
        return used;
    }

    private boolean isMovable(long hpa) {
        return host.owners().pages(hpa) > 0
                && host.allocator(hpa).allocatedOrder(hpa) == 0
                && !mover.isPinned(hpa);
    }

    /// Empties `block`. What is free in it is taken first, and nothing in it given back before
    /// everything has a new place, so that nothing is moved to where it must leave again.
    private void moveAll(long block) {
        BuddyAllocator allocator = host.allocator(block);
        long[] target = new long[1 << ORDER];
        for (int i = 0; i < target.length; i++) {
            long hpa = block + i * FRAME;
            target[i] = allocator.allocateAt(hpa, 0) ? hpa : PENDING;
        }
        for (int i = 0; i < target.length; i++) {
            if (target[i] == PENDING) {
                target[i] = allocator.allocate(0);
            }
        }
        for (int i = 0; i < target.length; i++) {
            long hpa = block + i * FRAME;
            if (target[i] == hpa) {
                allocator.free(hpa, 0);
            } else if (host.tenants(hpa).holds(hpa)) {
                host.tenants(hpa).moved(hpa, target[i]);
                allocator.free(hpa, 0);
                mover.movedForeign();
            } else {
                mover.move(hpa, target[i]);
                host.moved(hpa, target[i]);
            }
        }
    }
}
