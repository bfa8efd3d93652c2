package org.nestwalk.machine.simulated.host;

import java.util.Arrays;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.memory.BuddyAllocator;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.memory.FragmentationMeasures;
import org.nestwalk.memory.NumaFrames;
import org.nestwalk.memory.OtherTenants;

/// The host's physical memory: contents, a buddy allocator for each node, and an owner for every
/// frame in use. Frames are zero when they are taken.
public final class HostFrames implements HostMemory {
    private static final int[] ORDERS = {0, 9, 18};
    private static final long FRAME = PageSize.SIZE_4K.bytes();

    private final FlatMemory memory;
    private final NumaFrames frames;
    private final FrameOwners owners;
    private final OtherTenants[] tenants;
    private final Compaction compaction;

    /// Free memory, but for the fragmentation imposed on it.
    ///
    /// @param bytes of all nodes, which have equal parts
    /// @param seed of what other tenants hold
    /// @param memory its contents
    /// @param mover of pages that are in the way of a large block
    public HostFrames(
            long bytes,
            int nodes,
            Fragmentation fragmentation,
            long seed,
            FlatMemory memory,
            PageMover mover) {
        this.memory = memory;
        this.frames = unused(bytes, nodes);
        this.tenants = new OtherTenants[nodes];
        for (int node = 0; node < nodes; node++) {
            tenants[node] = fragmentation.impose(frames.node(node), seed + node);
        }
        this.owners = new FrameOwners(bytes >>> 12);
        this.compaction = new Compaction(this, mover);
    }

    /// A block of `size` for an owner, on `node` if it has one, otherwise on another; -1 if none
    /// has.
    ///
    /// @param kind of [FrameOwners]
    /// @param gpa what it will back, if it is a page
    public long take(PageSize size, int node, int kind, int machine, long gpa) {
        int order = order(size);
        if (order > BuddyAllocator.MAX_ORDER) {
            return -1;
        }
        long hpa = frames.allocate(node, order);
        if (hpa != -1) {
            owners.take(hpa, 1 << order, kind, machine, gpa);
        }
        return hpa;
    }

    /// A block of `size` on `node` for a page of a virtual machine; -1 if that node has none.
    public long takeOn(PageSize size, int node, int machine, long gpa) {
        int order = order(size);
        if (order > BuddyAllocator.MAX_ORDER) {
            return -1;
        }
        long hpa = frames.allocateOn(node, order);
        if (hpa != -1) {
            owners.take(hpa, 1 << order, FrameOwners.PAGE, machine, gpa);
        }
        return hpa;
    }

    /// Takes the block at `hpa` for a page of a virtual machine, if all of it is free.
    public boolean takeAt(long hpa, int order, int machine, long gpa) {
        boolean free = allocator(hpa).allocateAt(hpa, order);
        if (free) {
            owners.take(hpa, 1 << order, FrameOwners.PAGE, machine, gpa);
        }
        return free;
    }

    /// Gives back a block from [#take] or [#takeAt], clearing its contents.
    public void give(long hpa, int order) {
        owners.give(hpa, 1 << order);
        free(hpa, order);
    }

    /// The block of `size` at `hpa`, which backs a page, backs that at `gpa` of a virtual machine,
    /// too.
    public void share(long hpa, PageSize size, int machine, long gpa) {
        for (long offset = 0; offset < size.bytes(); offset += FRAME) {
            owners.share(hpa + offset, machine, gpa + offset);
        }
    }

    /// Whether a frame of the block of `size` at `hpa` backs more than one page.
    public boolean isShared(long hpa, PageSize size) {
        for (long offset = 0; offset < size.bytes(); offset += FRAME) {
            if (owners.isShared(hpa + offset)) {
                return true;
            }
        }
        return false;
    }

    /// The block of `size` at `hpa` no longer backs the page at `gpa` of a virtual machine. Frames
    /// of which that was the last one are given back, with contents cleared.
    public void drop(long hpa, PageSize size, int machine, long gpa) {
        // A block that is one for the allocator is mapped as one by everyone who has it.
        int order = order(size);
        boolean whole = allocator(hpa).allocatedOrder(hpa) == order;
        boolean last = true;
        for (long offset = 0; offset < size.bytes(); offset += FRAME) {
            last = owners.drop(hpa + offset, machine, gpa + offset);
            if (last && !whole) {
                free(hpa + offset, 0);
            }
        }
        if (last && whole) {
            free(hpa, order);
        }
    }

    /// Whatever has the frame at `from` has that at `to` instead, which was free and has been
    /// allocated; the other is given back, with contents cleared.
    public void moved(long from, long to) {
        owners.move(from, to);
        free(from, 0);
    }

    /// Makes the reserved block at `hpa` one that backs guest memory.
    public void assign(long hpa, PageSize size, int machine, long gpa) {
        int count = 1 << order(size);
        if (FrameOwners.kind(owners.of(hpa)) != FrameOwners.RESERVED) {
            throw new IllegalArgumentException(Long.toHexString(hpa) + " is not reserved");
        }
        owners.give(hpa, count);
        owners.take(hpa, count, FrameOwners.PAGE, machine, gpa);
    }

    /// Makes the block at `hpa`, which backs guest memory, a reserved one, and clears its contents.
    public void reserveAgain(long hpa, PageSize size) {
        int count = 1 << order(size);
        owners.give(hpa, count);
        for (int i = 0; i < count; i++) {
            memory.release(hpa + i * FRAME);
        }
        owners.take(hpa, count, FrameOwners.RESERVED, 0, 0);
    }

    /// Makes of the 2-MiB block at `hpa` 512 frames, each given back by itself, unless another who
    /// shares it has already.
    public void split(long hpa) {
        if (allocator(hpa).allocatedOrder(hpa) == BuddyAllocator.ORDER_2M) {
            allocator(hpa).splitAllocated(hpa, BuddyAllocator.ORDER_2M);
        }
    }

    /// Makes of 512 frames from `hpa` on, which were [split][#split], a 2-MiB block again.
    ///
    /// @return false, with nothing changed, if that cannot be
    public boolean join(long hpa) {
        return allocator(hpa).joinAllocated(hpa, BuddyAllocator.ORDER_2M);
    }

    /// The order of a block of `size`.
    public static int order(PageSize size) {
        return ORDERS[size.level() - 1];
    }

    /// The allocator of the node that has the frame at `hpa`.
    public BuddyAllocator allocator(long hpa) {
        return frames.node(frames.nodeOf(hpa));
    }

    /// The allocators of all nodes.
    public NumaFrames frames() {
        return frames;
    }

    /// Who has which frame.
    public FrameOwners owners() {
        return owners;
    }

    @Override
    public FlatMemory contents() {
        return memory;
    }

    /// The other tenants of the node that has the frame at `hpa`.
    public OtherTenants tenants(long hpa) {
        return tenants[frames.nodeOf(hpa)];
    }

    /// Takes the other tenants' frames back, and says whether every frame is free then and all
    /// blocks are whole again: the last check, when all virtual machines are gone.
    public boolean isRestored() {
        for (OtherTenants tenant : tenants) {
            tenant.undo();
        }
        return frames.areUnused() && owners.shared().frames() == 0;
    }

    private static NumaFrames unused(long bytes, int nodes) {
        long[] each = new long[nodes];
        Arrays.fill(each, bytes / nodes);
        return new NumaFrames(0, each);
    }

    @Override
    public long bytes() {
        return frames.totalFrames() << BuddyAllocator.FRAME_SHIFT;
    }

    @Override
    public long freeBytes() {
        return frames.freeFrames() << BuddyAllocator.FRAME_SHIFT;
    }

    @Override
    public long sharedBytes() {
        return owners.shared().frames() * FRAME;
    }

    @Override
    public long savedBytes() {
        return (owners.shared().mappings() - owners.shared().frames()) * FRAME;
    }

    @Override
    public long freeBlocks(PageSize size) {
        return usableFrames(order(size)) >> order(size);
    }

    @Override
    public double unusableIndex(PageSize size) {
        long free = frames.freeFrames();
        return free == 0 ? 1 : (double) (free - usableFrames(order(size))) / free;
    }

    private long usableFrames(int order) {
        long usable = 0;
        if (order <= BuddyAllocator.MAX_ORDER) {
            for (int node = 0; node < frames.nodes(); node++) {
                usable += FragmentationMeasures.usableFrames(frames.node(node), order);
            }
        }
        return usable;
    }

    @Override
    public long reserve(PageSize size) {
        return take(size, 0, FrameOwners.RESERVED, 0, 0);
    }

    @Override
    public void release(long hpa, PageSize size) {
        if (FrameOwners.kind(owners.of(hpa)) != FrameOwners.RESERVED) {
            throw new IllegalArgumentException(Long.toHexString(hpa) + " is not reserved");
        }
        give(hpa, order(size));
    }

    @Override
    public int compact(PageSize size, int mostMoves) {
        return size == PageSize.SIZE_2M ? compaction.makeBlock(mostMoves) : -1;
    }

    private void free(long hpa, int order) {
        for (int i = 0; i < 1 << order; i++) {
            memory.release(hpa + i * FRAME);
        }
        frames.free(hpa, order);
    }
}
