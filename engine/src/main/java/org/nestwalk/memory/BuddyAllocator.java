package org.nestwalk.memory;

/// The frame allocator of a kernel or hypervisor: a binary buddy system over the 4-KiB frames of
/// one range of physical memory.
///
/// A block of order `k` is 2^k frames, naturally aligned; its buddy is the other half of the block
/// of order `k` + 1 that both are in. A request takes the free block of the smallest order that
/// serves it, of these the one at the lowest address, and of that the lowest part; the rest is
/// split into free blocks. Freeing merges a block with its buddy for as long as that is free.
///
/// So the free blocks follow from which frames are free alone, whatever was allocated and freed
/// before: when everything has been freed the allocator is what it was at first ([#sameStateAs]),
/// which no order by recent use, such as the lists of Linux, would give.
///
/// It keeps two bits for every block of every order, about 4 bits a frame in all: 32 MiB for a
/// range of 256 GiB. Every operation on a block takes a number of steps that is bounded by the
/// number of orders. Not for several threads.
///
/// Sources: Knowlton, "A fast storage allocator", CACM 8(10), 1965; Knuth, The Art of Computer
/// Programming, volume 1, section 2.5; orders as in Linux, `mm/page_alloc.c`, with `MAX_PAGE_ORDER`
/// 10.
public final class BuddyAllocator {
    /// The largest order: blocks of 1024 frames, 4 MiB.
    public static final int MAX_ORDER = 10;

    /// The order of a 2-MiB page.
    public static final int ORDER_2M = 9;

    /// Log2 of the bytes of a frame.
    public static final int FRAME_SHIFT = 12;

    private static final long FRAME = 1L << FRAME_SHIFT;
    private static final long MAX_BLOCK = FRAME << MAX_ORDER;
    private static final long MAX_BYTES = 1L << 44;
    private static final long ADDRESSES = 1L << 52;

    private final long base;
    private final long frames;
    private final BlockSet[] free = new BlockSet[MAX_ORDER + 1];
    private final BlockSet[] allocated = new BlockSet[MAX_ORDER + 1];
    private long freeFrames;

    /// An allocator over the `bytes` bytes from `base`, all of them free.
    ///
    /// @param base a multiple of 4 MiB, so that blocks are aligned in physical memory
    /// @param bytes a positive multiple of 4 KiB, at most 16 TiB; the range ends at or below 2^52,
    ///   the largest physical address of x86-64
    public BuddyAllocator(long base, long bytes) {
        if (base < 0 || base % MAX_BLOCK != 0) {
            throw new IllegalArgumentException("base " + hex(base) + " is not a multiple of 4 MiB");
        }
        if (bytes <= 0 || bytes % FRAME != 0 || bytes > MAX_BYTES || base > ADDRESSES - bytes) {
            throw new IllegalArgumentException(
                    "length "
                            + hex(bytes)
                            + " is not a positive multiple of 4 KiB of at most 16 TiB that ends"
                            + " below 2^52");
        }
        this.base = base;
        frames = bytes >>> FRAME_SHIFT;
        for (int order = 0; order <= MAX_ORDER; order++) {
            free[order] = new BlockSet(frames >>> order);
            allocated[order] = new BlockSet(frames >>> order);
        }
        freeFrames = frames;
        for (long block = 0; block < frames >>> MAX_ORDER; block++) {
            free[MAX_ORDER].add(block);
        }
        for (int order = MAX_ORDER - 1; order >= 0; order--) {
            if ((frames >>> order & 1) != 0) {
                free[order].add((frames >>> order) - 1);
            }
        }
    }

    private BuddyAllocator(BuddyAllocator other) {
        base = other.base;
        frames = other.frames;
        freeFrames = other.freeFrames;
        for (int order = 0; order <= MAX_ORDER; order++) {
            free[order] = other.free[order].copy();
            allocated[order] = other.allocated[order].copy();
        }
    }

    /// An allocator of its own in the same state.
    public BuddyAllocator copy() {
        return new BuddyAllocator(this);
    }

    /// The lowest address of the range.
    public long base() {
        return base;
    }

    /// The first address after the range.
    public long end() {
        return base + (frames << FRAME_SHIFT);
    }

    /// Whether `address` is in the range.
    public boolean contains(long address) {
        return address >= base && address < end();
    }

    /// The address of a block of `order`, 0 to [#MAX_ORDER], which is allocated now, or -1 if no
    /// free block is large enough.
    public long allocate(int order) {
        requireOrder(order);
        for (int from = order; from <= MAX_ORDER; from++) {
            long block = free[from].next(0);
            if (block >= 0) {
                take(block, from, block << from - order, order);
                return base + (block << from + FRAME_SHIFT);
            }
        }
        return -1;
    }

    /// Allocates the block of `order` at `address`, a multiple of its size in the range, if all of
    /// it is free. Returns whether it was; nothing happens otherwise.
    public boolean allocateAt(long address, int order) {
        long wanted = blockAt(address, order);
        for (int from = order; from <= MAX_ORDER; from++) {
            long block = wanted >>> from - order;
            if (free[from].contains(block)) {
                take(block, from, wanted, order);
                return true;
            }
        }
        return false;
    }

    /// Allocates `count` blocks of `order` that follow one another from `address`, a multiple of
    /// their size, if all are in the range and free. Returns whether they were; if not, some of
    /// them may be allocated.
    public boolean allocateRun(long address, int order, long count) {
        long at = address;
        for (long left = count; left > 0; ) {
            int larger = order;
            while (larger < MAX_ORDER
                    && left >= 2L << larger - order
                    && (at & (FRAME << larger + 1) - 1) == 0) {
                larger++;
            }
            if (!contains(at) || FRAME << larger > end() - at || !allocateAt(at, larger)) {
                return false;
            }
            split(at, larger, order);
            at += FRAME << larger;
            left -= 1L << larger - order;
        }
        return true;
    }

    /// Frees the allocated block of `order` at `address` and merges it with its buddies.
    ///
    /// @throws IllegalArgumentException if `order` or `address` can belong to no block
    /// @throws IllegalStateException if the block is not allocated, or with another order
    public void free(long address, int order) {
        long block = requireAllocated(address, order);
        allocated[order].remove(block);
        freeFrames += 1L << order;
        int merged = order;
        while (merged < MAX_ORDER && free[merged].contains(block ^ 1)) {
            free[merged].remove(block ^ 1);
            block >>>= 1;
            merged++;
        }
        free[merged].add(block);
    }

    /// Makes of the allocated block of `order` at `address` 2^`order` allocated frames, each freed
    /// by itself (`split_page` in Linux).
    ///
    /// @throws IllegalArgumentException if `order` or `address` can belong to no block
    /// @throws IllegalStateException if the block is not allocated, or with another order
    public void splitAllocated(long address, int order) {
        split(address, order, 0);
    }

    private void split(long address, int order, int to) {
        long block = requireAllocated(address, order);
        allocated[order].remove(block);
        allocated[to].addAll(block << order - to, block + 1 << order - to);
    }

    /// Makes of 2^`order` allocated frames from `address` on one allocated block again: undoes
    /// [#splitAllocated].
    ///
    /// @return false, with nothing changed, if one of them is free or part of a larger block
    /// @throws IllegalArgumentException if `order` or `address` can belong to no block
    public boolean joinAllocated(long address, int order) {
        long block = blockAt(address, order);
        long first = block << order;
        long count = 1L << order;
        if (allocated[0].countIn(first, first + count) != count) {
            return false;
        }
        for (long frame = first; frame < first + count; frame++) {
            allocated[0].remove(frame);
        }
        allocated[order].add(block);
        return true;
    }

    /// Whether the frame that `address`, in the range, is in is free.
    public boolean isFree(long address) {
        return orderIn(free, address) >= 0;
    }

    /// The order of the allocated block that `address`, in the range, is in; -1 if it is free. The
    /// block begins at `address` rounded down to its size.
    public int allocatedOrder(long address) {
        return orderIn(allocated, address);
    }

    /// How many free blocks of `order` there are; one that is part of a larger one does not count.
    public long freeBlocks(int order) {
        requireOrder(order);
        return free[order].count();
    }

    /// How many frames are free.
    public long freeFrames() {
        return freeFrames;
    }

    /// How many frames there are in the range.
    public long totalFrames() {
        return frames;
    }

    /// How many frames of the block of `order` at `address`, a multiple of its size in the range,
    /// are free.
    public long freeFramesIn(long address, int order) {
        long block = blockAt(address, order);
        for (int larger = order; larger <= MAX_ORDER; larger++) {
            if (free[larger].contains(block >>> larger - order)) {
                return 1L << order;
            }
        }
        long found = 0;
        for (int smaller = 0; smaller < order; smaller++) {
            int shift = order - smaller;
            found += free[smaller].countIn(block << shift, block + 1 << shift) << smaller;
        }
        return found;
    }

    /// The address of the lowest free block of exactly `order` that begins at or after `from`, or
    /// -1.
    public long nextFreeBlock(long from, int order) {
        return next(free, from, order);
    }

    /// The address of the lowest allocated block of exactly `order` that begins at or after `from`,
    /// or -1.
    public long nextAllocatedBlock(long from, int order) {
        return next(allocated, from, order);
    }

    /// Shows `visitor` all blocks, free and allocated, in ascending order of addresses; together
    /// they cover the range. The visitor changes nothing.
    public void forEachBlock(BlockVisitor visitor) {
        for (long address = base; address < end(); ) {
            int order = orderIn(free, address);
            boolean isFree = order >= 0;
            if (!isFree) {
                order = orderIn(allocated, address);
            }
            visitor.block(address, order, isFree);
            address += FRAME << order;
        }
    }

    /// Whether `other` has the same range, the same free blocks and the same allocated blocks, so
    /// that both will answer alike for ever.
    public boolean sameStateAs(BuddyAllocator other) {
        if (base != other.base || frames != other.frames) {
            return false;
        }
        for (int order = 0; order <= MAX_ORDER; order++) {
            if (!free[order].sameAs(other.free[order])
                    || !allocated[order].sameAs(other.allocated[order])) {
                return false;
            }
        }
        return true;
    }

    /// Whether nothing is allocated, and all free blocks are as large as they were at first: by
    /// their numbers, since these follow from which frames are free.
    public boolean isUnused() {
        boolean unused = freeFrames == frames && free[MAX_ORDER].count() == frames >>> MAX_ORDER;
        for (int order = 0; order <= MAX_ORDER; order++) {
            boolean rest = order < MAX_ORDER && (frames >>> order & 1) != 0;
            unused &= allocated[order].count() == 0;
            unused &= order == MAX_ORDER || free[order].count() == (rest ? 1 : 0);
        }
        return unused;
    }

    /// Allocates the block `wanted` of order `order` out of the free block `block` of order `from`,
    /// and leaves the rest free.
    private void take(long block, int from, long wanted, int order) {
        free[from].remove(block);
        for (int half = from - 1; half >= order; half--) {
            free[half].add(wanted >>> half - order ^ 1);
        }
        allocated[order].add(wanted);
        freeFrames -= 1L << order;
    }

    private long next(BlockSet[] sets, long from, int order) {
        requireOrder(order);
        int shift = order + FRAME_SHIFT;
        long first = from <= base ? 0 : (from - base - 1 >>> shift) + 1;
        long block = sets[order].next(first);
        return block < 0 ? -1 : base + (block << shift);
    }

    private int orderIn(BlockSet[] sets, long address) {
        if (!contains(address)) {
            throw new IllegalArgumentException(outside(address));
        }
        long frame = address - base >>> FRAME_SHIFT;
        for (int order = 0; order <= MAX_ORDER; order++) {
            if (sets[order].contains(frame >>> order)) {
                return order;
            }
        }
        return -1;
    }

    private long requireAllocated(long address, int order) {
        long block = blockAt(address, order);
        if (!allocated[order].contains(block)) {
            int actual = allocatedOrder(address);
            throw new IllegalStateException(
                    "the block of order "
                            + order
                            + " at "
                            + hex(address)
                            + " is not allocated: there is "
                            + (actual < 0 ? "a free frame" : "a block of order " + actual));
        }
        return block;
    }

    /// The number of the block of `order` at `address`.
    private long blockAt(long address, int order) {
        requireOrder(order);
        long bytes = FRAME << order;
        if (!contains(address) || bytes > end() - address) {
            throw new IllegalArgumentException(outside(address));
        }
        if (address % bytes != 0) {
            throw new IllegalArgumentException(
                    hex(address) + " is not aligned to a block of order " + order);
        }
        return address - base >>> order + FRAME_SHIFT;
    }

    private String outside(long address) {
        return hex(address) + " is not in the range from " + hex(base) + " to " + hex(end());
    }

    private static void requireOrder(int order) {
        if (order < 0 || order > MAX_ORDER) {
            throw new IllegalArgumentException("order " + order + " is not in 0 to " + MAX_ORDER);
        }
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
