package org.nestwalk.guest.kernel;

import java.util.BitSet;
import java.util.function.BooleanSupplier;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.BuddyAllocator;
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

    private BooleanSupplier reclaiming = () -> false;

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
        Runs blocks = new Runs();
        for (int node = 0; node < allocator.nodes(); node++) {
            BuddyAllocator frames = allocator.node(node);
            for (int order = 0; order <= BuddyAllocator.MAX_ORDER; order++) {
                blocks.end();
                for (long gpa = frames.nextAllocatedBlock(frames.base(), order);
                        gpa >= 0;
                        gpa = next(frames, gpa, order)) {
                    blocks.add(gpa | order, PAGE << order);
                }
            }
        }
        Runs shared = new Runs();
        for (int block = 0; block < extra.length; block++) {
            for (int i = 0; extra[block] != null && i < PAGES; i++) {
                if (extra[block][i] != 0) {
                    shared.add(((long) block * PAGES + i) << 16 | extra[block][i], 1 << 16);
                }
            }
        }
        return new KernelState.FramesState(blocks.words(), shared.words());
    }

    private static long next(BuddyAllocator frames, long gpa, int order) {
        long from = gpa + (PAGE << order);
        return from < frames.end() ? frames.nextAllocatedBlock(from, order) : -1;
    }

    /// Becomes, from all being free but the kernel's own range, what `state` says.
    ///
    /// @throws InputException if there cannot be such frames
    void restore(KernelState.FramesState state) {
        Runs.forEach(
                state.blocks(),
                (first, count) -> {
                    long gpa = first & -PAGE;
                    int order = (int) (first & PAGE - 1);
                    boolean isOwn = gpa == 0 && order == ORDER_2M;
                    long skipped = isOwn ? LARGE : 0;
                    if (gpa < 0
                            || gpa >= extra.length * LARGE
                            || order > BuddyAllocator.MAX_ORDER
                            || (gpa & (PAGE << order) - 1) != 0
                            || !allocator
                                    .node(allocator.nodeOf(gpa))
                                    .allocateRun(gpa + skipped, order, isOwn ? count - 1 : count)) {
                        throw new InputException(
                                "a block of 2^%d frames at 0x%x, or one of %d from there on, is beyond memory or used twice"
                                        .formatted(order, gpa, count));
                    }
                });
        Runs.forEach(
                state.shared(),
                (first, count) -> {
                    long frame = first >>> 16;
                    short more = (short) (first & Short.MAX_VALUE);
                    if (frame >= frames() || count > frames() - frame) {
                        throw new InputException(
                                "%d frames from 0x%x on are beyond memory"
                                        .formatted(count, frame * PAGE));
                    }
                    for (long i = frame; i < frame + count; i++) {
                        counts((int) (i / PAGES))[(int) (i % PAGES)] = more;
                    }
                });
    }

    private long frames() {
        return (long) extra.length * PAGES;
    }

    private short[] counts(int block) {
        short[] counts = extra[block];
        if (counts == null) {
            counts = new short[PAGES];
            extra[block] = counts;
        }
        return counts;
    }

    /// The free memory; on the first node, if there are several.
    BuddyAllocator allocator() {
        return allocator.node(0);
    }

    /// Whether nothing is in use, on any node.
    boolean areAllFree() {
        return allocator.freeFrames() == allocator.totalFrames();
    }

    /// Has `reclaim` give frames back when there is none, until it returns false.
    void onShortage(BooleanSupplier reclaim) {
        reclaiming = reclaim;
    }

    /// A block for a page, whatever it holds, from the node of the CPU that is in the kernel if
    /// that has one; -1 if there is none.
    long take(PageSize size) {
        return takeFrom(nodes.isDivided() ? nodes.of(memory.cpu()) : 0, size);
    }

    private long takeFrom(int node, PageSize size) {
        long gpa = allocate(node, size);
        if (gpa >= 0 && !validated.get(block(gpa))) {
            undoingTake(gpa, size, () -> validate(gpa & -LARGE));
        }
        return gpa;
    }

    /// Single frames are made room for; a large block is not worth pages that may be used again.
    private long allocate(int node, PageSize size) {
        long gpa = allocator.allocate(node, order(size));
        while (gpa < 0 && size == PageSize.SIZE_4K && reclaiming.getAsBoolean()) {
            gpa = allocator.allocate(node, order(size));
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
        short[] counts = counts(block(gpa));
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
