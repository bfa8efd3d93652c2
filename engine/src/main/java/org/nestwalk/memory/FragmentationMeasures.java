package org.nestwalk.memory;

/// How fragmented the free memory of a [BuddyAllocator] is, for requests of one order.
///
/// Both measures need the numbers of free blocks by order alone, k_0 to k_10 with F free frames in
/// all.
public final class FragmentationMeasures {
    /// The answer of [#fragmentationIndex] where a request would not fail.
    public static final int SUITABLE_BLOCK_EXISTS = -1000;

    private FragmentationMeasures() {}

    /// The numbers of free blocks by order, k_0 to k_10.
    public static long[] freeLists(BuddyAllocator allocator) {
        long[] blocks = new long[BuddyAllocator.MAX_ORDER + 1];
        for (int order = 0; order < blocks.length; order++) {
            blocks[order] = allocator.freeBlocks(order);
        }
        return blocks;
    }

    /// The unusable free space index for `order` j: the fraction of free memory that is in blocks
    /// too small for such a request, U_j = (F - sum over i >= j of 2^i k_i) / F; 0 is not
    /// fragmented. 1 if nothing is free, as in Linux.
    ///
    /// Source: Gorman and Whitcroft, "The what, the why and the where to of anti-fragmentation",
    /// Ottawa Linux Symposium 2006; Linux, `mm/vmstat.c`, `unusable_free_index`.
    public static double unusableIndex(BuddyAllocator allocator, int order) {
        long free = allocator.freeFrames();
        return free == 0 ? 1 : (double) (free - usableFrames(allocator, order)) / free;
    }

    /// How many free frames are in blocks of at least `order`.
    public static long usableFrames(BuddyAllocator allocator, int order) {
        long usable = allocator.freeBlocks(order) << order;
        for (int larger = order + 1; larger <= BuddyAllocator.MAX_ORDER; larger++) {
            usable += allocator.freeBlocks(larger) << larger;
        }
        return usable;
    }

    /// The fragmentation index of Linux for `order` j: why a request of that order fails, in
    /// thousandths. [#SUITABLE_BLOCK_EXISTS] if it would not, 0 if nothing is free, otherwise 1000
    /// - (1000 + 1000 F / 2^j) / blocks in integers: towards 0 for lack of memory, towards 1000 for
    ///   fragmentation. Linux compacts above `extfrag_threshold`, 500 unless set.
    ///
    /// Source: Linux, `mm/vmstat.c`, `__fragmentation_index`; what `extfrag/extfrag_index` in
    /// debugfs shows.
    public static int fragmentationIndex(BuddyAllocator allocator, int order) {
        if (usableFrames(allocator, order) != 0) {
            return SUITABLE_BLOCK_EXISTS;
        }
        long free = allocator.freeFrames();
        if (free == 0) {
            return 0;
        }
        long blocks = 0;
        for (int smaller = 0; smaller < order; smaller++) {
            blocks += allocator.freeBlocks(smaller);
        }
        return (int) (1000 - (1000 + (free * 1000 >>> order)) / blocks);
    }
}
