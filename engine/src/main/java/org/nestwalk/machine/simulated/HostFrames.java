package org.nestwalk.machine.simulated;

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
final class HostFrames implements HostMemory {
    private static final int[] ORDERS = {0, 9, 18};
    private static final long FRAME = PageSize.SIZE_4K.bytes();

    private final FlatMemory memory;
    private final NumaFrames frames;
    private final FrameOwners owners;
    private final OtherTenants[] tenants;
    private final Compaction compaction;

    HostFrames(SimulatedSettings settings, FlatMemory memory, PageMover mover) {
        this.memory = memory;
        int nodes = settings.nodes();
        this.frames = unused(settings);
        this.tenants = new OtherTenants[nodes];
        Fragmentation fragmentation = settings.fragmentation();
        for (int node = 0; node < nodes; node++) {
            tenants[node] = fragmentation.impose(frames.node(node), settings.seed() + node);
        }
        this.owners = new FrameOwners(settings.hostBytes() >>> 12);
        this.compaction = new Compaction(this, mover);
    }

    /// A block of `size` for an owner, on `node` if it has one, otherwise on another; -1 if none
    /// has.
    ///
    /// @param kind of [FrameOwners]
    /// @param gpa what it will back, if it is a page
    long take(PageSize size, int node, int kind, int machine, long gpa) {
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
    long takeOn(PageSize size, int node, int machine, long gpa) {
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
    boolean takeAt(long hpa, int order, int machine, long gpa) {
        boolean free = allocator(hpa).allocateAt(hpa, order);
        if (free) {
            owners.take(hpa, 1 << order, FrameOwners.PAGE, machine, gpa);
        }
        return free;
    }

    /// Gives back a block from [#take] or [#takeAt], clearing its contents.
    void give(long hpa, int order) {
        owners.give(hpa, 1 << order);
        free(hpa, order);
    }

    /// The block of `size` at `hpa`, which backs a page, backs that at `gpa` of a virtual machine,
    /// too.
    void share(long hpa, PageSize size, int machine, long gpa) {
        for (long offset = 0; offset < size.bytes(); offset += FRAME) {
            owners.share(hpa + offset, machine, gpa + offset);
        }
    }

    /// Whether a frame of the block of `size` at `hpa` backs more than one page.
    boolean isShared(long hpa, PageSize size) {
        for (long offset = 0; offset < size.bytes(); offset += FRAME) {
            if (owners.isShared(hpa + offset)) {
                return true;
            }
        }
        return false;
    }

    /// The block of `size` at `hpa` no longer backs the page at `gpa` of a virtual machine. Frames
    /// of which that was the last one are given back, with contents cleared.
    void drop(long hpa, PageSize size, int machine, long gpa) {
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
    void moved(long from, long to) {
        owners.move(from, to);
        free(from, 0);
    }

    /// Makes the reserved block at `hpa` one that backs guest memory.
    void assign(long hpa, PageSize size, int machine, long gpa) {
        int count = 1 << order(size);
        if (FrameOwners.kind(owners.of(hpa)) != FrameOwners.RESERVED) {
            throw new IllegalArgumentException(Long.toHexString(hpa) + " is not reserved");
        }
        owners.give(hpa, count);
        owners.take(hpa, count, FrameOwners.PAGE, machine, gpa);
    }

    /// Makes of the 2-MiB block at `hpa` 512 frames, each given back by itself, unless another who
    /// shares it has already.
    void split(long hpa) {
        if (allocator(hpa).allocatedOrder(hpa) == BuddyAllocator.ORDER_2M) {
            allocator(hpa).splitAllocated(hpa, BuddyAllocator.ORDER_2M);
        }
    }

    /// The order of a block of `size`.
    static int order(PageSize size) {
        return ORDERS[size.level() - 1];
    }

    BuddyAllocator allocator(long hpa) {
        return frames.node(frames.nodeOf(hpa));
    }

    NumaFrames frames() {
        return frames;
    }

    FrameOwners owners() {
        return owners;
    }

    FlatMemory contents() {
        return memory;
    }

    OtherTenants tenants(long hpa) {
        return tenants[frames.nodeOf(hpa)];
    }

    /// Takes the other tenants' frames back, and says whether every frame is free then and all
    /// blocks are whole again: the last check, when all virtual machines are gone.
    boolean isRestored() {
        for (OtherTenants tenant : tenants) {
            tenant.undo();
        }
        return frames.areUnused() && owners.shared().frames() == 0;
    }

    private static NumaFrames unused(SimulatedSettings settings) {
        long[] bytes = new long[settings.nodes()];
        Arrays.fill(bytes, settings.hostBytes() / bytes.length);
        return new NumaFrames(0, bytes);
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
