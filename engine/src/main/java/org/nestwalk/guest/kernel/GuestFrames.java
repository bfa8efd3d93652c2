package org.nestwalk.guest.kernel;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.LongStream;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.BuddyAllocator;
import org.nestwalk.memory.Longs;
import org.nestwalk.memory.NumaFrames;
import org.nestwalk.paging.TableFrames;

/// The guest's physical memory: which frames are free, and how many page tables map each of the
/// others.
final class GuestFrames implements TableFrames {
    private static final int ORDER_2M = BuddyAllocator.ORDER_2M;
    private static final int PAGES = 1 << ORDER_2M;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final KernelMemory memory;
    private final SoftwareCosts costs;
    private final NumaFrames allocator;
    private final GuestNodes nodes;

    // By 2-MiB block.
    private final BitSet validated = new BitSet();

    // By 2-MiB block: for each frame, the mappings beyond the first. Null where there are none.
    private final short[][] extra;

    /// All of `bytes` from 0 free, but for the lowest 2 MiB, which are the kernel's own.
    ///
    /// @param nodes among which it is divided, if they are visible
    GuestFrames(KernelMemory memory, SoftwareCosts costs, GuestNodes nodes, long bytes) {
        if (bytes < 2 * LARGE) {
            throw new InputException(
                    "guest memory of %d bytes has no room for the kernel's 2MiB and a program; give it 4MiB or more"
                            .formatted(bytes));
        }
        this.memory = memory;
        this.costs = costs;
        this.nodes = nodes;
        allocator = new NumaFrames(0, nodes.shares());
        extra = new short[(int) (bytes / LARGE)][];
        if (!allocator.node(0).allocateAt(0, ORDER_2M)) {
            throw new IllegalStateException("the kernel's own range is not free");
        }
    }

    /// As data.
    KernelState.FramesState save() {
        long[] blocks = new long[64];
        int count = 0;
        for (int node = 0; node < allocator.nodes(); node++) {
            for (int order = 0; order <= BuddyAllocator.MAX_ORDER; order++) {
                BuddyAllocator frames = allocator.node(node);
                for (long gpa = frames.nextAllocatedBlock(frames.base(), order);
                        gpa >= 0;
                        gpa = next(frames, gpa, order)) {
                    if (count == blocks.length) {
                        blocks = Arrays.copyOf(blocks, 2 * count);
                    }
                    blocks[count++] = gpa | order;
                }
            }
        }
        return new KernelState.FramesState(
                Longs.of(Arrays.copyOf(blocks, count)), Longs.of(shared()));
    }

    private static long next(BuddyAllocator frames, long gpa, int order) {
        long from = gpa + (PAGE << order);
        return from < frames.end() ? frames.nextAllocatedBlock(from, order) : -1;
    }

    private long[] shared() {
        LongStream.Builder shared = LongStream.builder();
        for (int block = 0; block < extra.length; block++) {
            for (int i = 0; extra[block] != null && i < PAGES; i++) {
                if (extra[block][i] != 0) {
                    shared.add(((long) block * PAGES + i) << 16 | extra[block][i]);
                }
            }
        }
        return shared.build().toArray();
    }

    /// Becomes, from all being free but the kernel's own range, what `state` says.
    ///
    /// @throws InputException if there cannot be such frames
    void restore(KernelState.FramesState state) {
        state.blocks()
                .forEach(block -> {
                    long gpa = block & -PAGE;
                    int order = (int) (block & PAGE - 1);
                    boolean isOwn = gpa == 0 && order == ORDER_2M;
                    if (!isOwn
                            && (gpa < 0
                                    || gpa >= extra.length * LARGE
                                    || order > BuddyAllocator.MAX_ORDER
                                    || (gpa & (PAGE << order) - 1) != 0
                                    || !allocator
                                            .node(allocator.nodeOf(gpa))
                                            .allocateAt(gpa, order))) {
                        throw new InputException(
                                "a block of 2^%d frames at 0x%x is beyond memory or used twice"
                                        .formatted(order, gpa));
                    }
                });
        state.shared()
                .forEach(page -> {
                    long gpa = page >>> 16 << 12;
                    if (gpa >= extra.length * LARGE) {
                        throw new InputException("0x%x is beyond memory".formatted(gpa));
                    }
                    for (long i = 0; i < (page & Short.MAX_VALUE); i++) {
                        share(gpa, PageSize.SIZE_4K);
                    }
                });
    }

    /// How often the frame at `gpa` is mapped, as far as it is known here: 0 if it is free or
    /// beyond memory.
    int mappings(long gpa) {
        if (gpa >= extra.length * LARGE || allocator.node(allocator.nodeOf(gpa)).isFree(gpa)) {
            return 0;
        }
        short[] counts = extra[block(gpa)];
        return counts == null ? 1 : 1 + counts[index(gpa)];
    }

    /// How many frames are known to be mapped more than once.
    long sharedFrames() {
        return shared().length;
    }

    /// The free memory; on the first node, if there are several.
    BuddyAllocator allocator() {
        return allocator.node(0);
    }

    /// Whether nothing is in use, on any node.
    boolean areAllFree() {
        return allocator.freeFrames() == allocator.totalFrames();
    }

    /// A block for a page, whatever it holds, from the node of the CPU that is in the kernel if
    /// that has one; -1 if there is none.
    long take(PageSize size) {
        return takeFrom(nodes.isDivided() ? nodes.of(memory.cpu()) : 0, size);
    }

    private long takeFrom(int node, PageSize size) {
        long gpa = allocator.allocate(node, order(size));
        if (gpa >= 0 && !validated.get(block(gpa))) {
            undoingTake(gpa, size, () -> validate(gpa & -LARGE));
        }
        return gpa;
    }

    /// Validates a block of memory before its first use, as Linux accepts memory: 2 MiB at a time.
    private void validate(long gpa) {
        memory.cpu().validate(gpa, LARGE);
        validated.set(block(gpa));
    }

    /// Frames for the copy of page tables on a node.
    TableFrames on(int node) {
        return new TableFrames() {
            @Override
            public long allocate() {
                long gpa =
                        nodes.isDivided()
                                ? takeFrom(node, PageSize.SIZE_4K)
                                : take(PageSize.SIZE_4K);
                if (gpa < 0) {
                    throw noMemory();
                }
                nodes.place(memory.cpu(), gpa, PAGE, node);
                zero(gpa, PageSize.SIZE_4K);
                return gpa;
            }

            @Override
            public long hostPhysical(long address) {
                return address;
            }

            @Override
            public void free(long address) {
                GuestFrames.this.free(address);
            }
        };
    }

    private static GuestFailure noMemory() {
        return new GuestFailure(
                VmExit.Cause.GUEST_OUT_OF_MEMORY, "the guest has no free memory left");
    }

    /// A zeroed frame.
    ///
    /// @throws GuestFailure if there is none
    @Override
    public long allocate() {
        long gpa = takeFrame();
        zero(gpa, PageSize.SIZE_4K);
        return gpa;
    }

    /// A frame, whatever it holds.
    ///
    /// @throws GuestFailure if there is none
    long takeFrame() {
        long gpa = take(PageSize.SIZE_4K);
        if (gpa < 0) {
            throw noMemory();
        }
        return gpa;
    }

    @Override
    public long hostPhysical(long address) {
        return address;
    }

    @Override
    public void free(long address) {
        allocator.free(address, 0);
    }

    /// Zeroes a block just taken; if it cannot be backed, gives it back and passes the failure on.
    void zero(long gpa, PageSize size) {
        KernelCpu cpu = memory.cpu();
        cpu.spend(Cost.GUEST_ZEROING, costs.zeroing() * (size.bytes() / PAGE));
        undoingTake(gpa, size, () -> cpu.zero(gpa, size.bytes()));
    }

    /// Copies a 4-KiB page to part of a block.
    void copyPage(long from, long to) {
        KernelCpu cpu = memory.cpu();
        cpu.spend(Cost.GUEST_COPYING, costs.copying());
        cpu.copy(from, to, PAGE);
    }

    /// Zeroes a 4-KiB part of a block.
    void zeroPage(long gpa) {
        KernelCpu cpu = memory.cpu();
        cpu.spend(Cost.GUEST_ZEROING, costs.zeroing());
        cpu.zero(gpa, PAGE);
    }

    /// Does `work` with a block just taken; should it fail, the block goes back.
    void undoingTake(long gpa, PageSize size, Runnable work) {
        boolean done = false;
        try {
            work.run();
            done = true;
        } finally {
            if (!done) {
                allocator.free(gpa, order(size));
            }
        }
    }

    /// One more table maps the page.
    void share(long gpa, PageSize size) {
        short[] counts = extra[block(gpa)];
        if (counts == null) {
            counts = new short[PAGES];
            extra[block(gpa)] = counts;
        }
        for (int i = index(gpa), end = i + (1 << order(size)); i < end; i++) {
            if (++counts[i] == Short.MAX_VALUE) {
                throw new IllegalStateException("too many processes share a page");
            }
        }
    }

    /// Whether any of the page's memory is mapped by more than one table.
    boolean isShared(long gpa, PageSize size) {
        short[] counts = extra[block(gpa)];
        if (counts != null) {
            for (int i = index(gpa), end = i + (1 << order(size)); i < end; i++) {
                if (counts[i] != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /// One table less maps the page; what no table maps is free.
    void drop(long gpa, PageSize size) {
        if (allocator.node(allocator.nodeOf(gpa)).allocatedOrder(gpa) == ORDER_2M
                && size == PageSize.SIZE_2M) {
            if (isShared(gpa, size)) {
                unshare(gpa, PAGES);
            } else {
                allocator.free(gpa, ORDER_2M);
            }
            return;
        }
        for (long page = gpa; page < gpa + size.bytes(); page += PAGE) {
            if (isShared(page, PageSize.SIZE_4K)) {
                unshare(page, 1);
            } else {
                allocator.free(page, 0);
            }
        }
    }

    /// Notes that a table maps the block by 4-KiB pages, so that each is freed by itself.
    void split(long gpa) {
        if (allocator.node(allocator.nodeOf(gpa)).allocatedOrder(gpa) == ORDER_2M) {
            allocator.node(allocator.nodeOf(gpa)).splitAllocated(gpa, ORDER_2M);
        }
    }

    /// Gives the kernel's own range back.
    void close() {
        allocator.free(0, ORDER_2M);
    }

    private void unshare(long gpa, int pages) {
        short[] counts = extra[block(gpa)];
        for (int i = index(gpa), end = i + pages; i < end; i++) {
            counts[i]--;
        }
    }

    private static int order(PageSize size) {
        return size.shift() - BuddyAllocator.FRAME_SHIFT;
    }

    private static int block(long gpa) {
        return (int) (gpa / LARGE);
    }

    private static int index(long gpa) {
        return (int) (gpa / PAGE) & PAGES - 1;
    }
}
