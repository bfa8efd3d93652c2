package org.nestwalk.hypervisor.migration.live;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestMemory;

/// Up to 64 pages with their contents, on the way from one side to the other. Filled, sent and
/// emptied again and again, so that nothing is allocated per page.
///
/// Contents are outside Java's heap, where guest memory is copied to and sockets write from with
/// nothing in between. A page has its place in the batch, or is lent to it from elsewhere.
public final class PageBatch {
    /// The most pages of a batch: 256 KiB, which stay in a second-level cache.
    public static final int PAGES = 64;

    private static final int PAGE = (int) PageSize.SIZE_4K.bytes();
    private static final MemorySegment ZEROES =
            MemorySegment.ofBuffer(ByteBuffer.allocateDirect(PAGE));

    private final long[] addresses = new long[PAGES];
    private final long[] checksums = new long[PAGES];

    // Made when it is needed: of what is only passed on, contents are elsewhere.
    private @Nullable Block own;

    // Where the contents of each page are.
    private final Block[] blocks = new Block[PAGES];
    private final int[] offsets = new int[PAGES];
    private int size;

    /// Memory outside the heap, as both of Java's views of it.
    private record Block(ByteBuffer bytes, MemorySegment segment) {
        static Block of(ByteBuffer bytes) {
            ByteBuffer all = bytes.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
            return new Block(all, MemorySegment.ofBuffer(all));
        }
    }

    /// An empty batch.
    public PageBatch() {}

    private Block own() {
        Block block = own;
        if (block == null) {
            block = Block.of(ByteBuffer.allocateDirect(PAGES * PAGE));
            own = block;
        }
        return block;
    }

    /// The number of pages in it.
    public int size() {
        return size;
    }

    /// Whether there is room for no more.
    public boolean isFull() {
        return size == PAGES;
    }

    /// Removes all pages.
    public void clear() {
        size = 0;
    }

    /// Adds a page, whose contents the caller has put, or will put, into [#bytes] from
    /// [#offset]`(index)` on.
    ///
    /// @param gpa a multiple of 4096
    /// @param checksum of its address and contents ([PageChecksum])
    /// @return its index
    /// @throws IllegalStateException if the batch is full
    public int add(long gpa, long checksum) {
        return add(gpa, checksum, own(), size * PAGE);
    }

    private int add(long gpa, long checksum, Block block, int offset) {
        if (isFull()) {
            throw new IllegalStateException("a batch of %d pages is full".formatted(PAGES));
        }
        addresses[size] = gpa;
        checksums[size] = checksum;
        blocks[size] = block;
        offsets[size] = offset;
        return size++;
    }

    /// Lends memory to the batch in which contents of pages are ([Loan#add]), for as long as these
    /// pages are in it.
    ///
    /// @param bytes a direct buffer, whose position and limit do not matter
    public Loan borrow(ByteBuffer bytes) {
        return new Loan(Block.of(bytes));
    }

    /// Memory that is lent to the batch.
    public final class Loan {
        private final Block block;

        private Loan(Block block) {
            this.block = block;
        }

        /// Adds a page whose contents are in the lent memory from `offset` on.
        ///
        /// @return its index
        /// @throws IllegalStateException if the batch is full
        public int add(long gpa, long checksum, int offset) {
            return PageBatch.this.add(gpa, checksum, block, offset);
        }
    }

    /// Fills in the contents of all pages, as `memory` has them, and their checksums.
    public void read(GuestMemory memory) {
        for (int i = 0; i < size; i++) {
            memory.readPage(addresses[i], blocks[i].segment, offsets[i]);
            checksums[i] = checksumOf(i);
        }
    }

    private long checksumOf(int index) {
        return PageChecksum.of(addresses[index], blocks[index].bytes, offsets[index]);
    }

    /// Makes `memory` hold the contents of page `index`.
    public void write(int index, GuestMemory memory) {
        memory.writePage(addresses[index], blocks[index].segment, offsets[index]);
    }

    /// Whether the contents of page `index` have the checksum that its sender said.
    public boolean isIntact(int index) {
        return checksums[index] == checksumOf(index);
    }

    /// Whether page `index` holds zeroes.
    public boolean isZero(int index) {
        long from = offsets[index];
        return MemorySegment.mismatch(blocks[index].segment, from, from + PAGE, ZEROES, 0, PAGE)
                == -1;
    }

    /// Keeps the pages whose index is `wanted`, in their order.
    public void retain(IntPredicate wanted) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (wanted.test(i)) {
                if (i != kept) {
                    take(kept, this, i);
                }
                kept++;
            }
        }
        size = kept;
    }

    /// Becomes a copy of `other`, contents included.
    public void set(PageBatch other) {
        size = other.size;
        for (int i = 0; i < size; i++) {
            take(i, other, i);
        }
    }

    /// Makes page `index` a copy of page `from` of `other`, in its own place.
    private void take(int index, PageBatch other, int from) {
        addresses[index] = other.addresses[from];
        checksums[index] = other.checksums[from];
        blocks[index] = own();
        offsets[index] = index * PAGE;
        MemorySegment.copy(
                other.blocks[from].segment,
                other.offsets[from],
                own().segment,
                (long) index * PAGE,
                PAGE);
    }

    /// The guest-physical address of page `index`.
    public long address(int index) {
        return addresses[index];
    }

    /// The checksum of page `index`, as its sender said it.
    public long checksum(int index) {
        return checksums[index];
    }

    /// Where the contents of page `index` are, little-endian, from [#offset]`(index)` on; of an
    /// index that is [#size] where the contents of the next page belong. Position and limit are not
    /// to be changed.
    public ByteBuffer bytes(int index) {
        return index == size ? own().bytes : blocks[index].bytes;
    }

    /// Where the contents of page `index` begin in [#bytes].
    public int offset(int index) {
        return index == size ? index * PAGE : offsets[index];
    }

    /// Copies the contents of page `index` to `words`, 512 of them.
    public void copyTo(int index, long[] words) {
        MemorySegment.copy(
                blocks[index].segment,
                ValueLayout.JAVA_LONG_UNALIGNED,
                offsets[index],
                words,
                0,
                GuestMemory.PAGE_WORDS);
    }

    /// Makes `words`, 512 of them, the contents of page `index`, which is in its own place.
    public void copyFrom(long[] words, int index) {
        MemorySegment.copy(
                words,
                0,
                own().segment,
                ValueLayout.JAVA_LONG_UNALIGNED,
                (long) index * PAGE,
                GuestMemory.PAGE_WORDS);
    }
}
