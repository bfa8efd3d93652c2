package org.nestwalk.bench.compare.measured;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongFunction;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.ReplayLoop;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.NativeFunction;
import org.nestwalk.kvm.sys.PageMap;
import org.nestwalk.machine.Checksum;

/// The replay loop as a function of this process.
final class NativeReplay implements AutoCloseable {
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final int WORDS = 5;

    private final PageSize pages;
    private final NativeFunction loop = NativeFunction.of(ReplayLoop.asFunction().bytes());
    private final MappedMemory memory;
    private final MappedMemory accesses;
    private final MappedMemory registers;
    private final int count;

    /// Of accesses to `bytes` of memory, all of it there, in pages of `pages`.
    ///
    /// @param stream the accesses to memory from an address
    NativeReplay(long bytes, PageSize pages, LongFunction<long[]> stream) {
        this.pages = pages;
        memory = populated(bytes, pages);
        mark(memory.segment());
        long[] made = stream.apply(memory.address());
        count = made.length;
        // Whoever reads it is not to be held up by its translation.
        accesses = populated((long) count * Long.BYTES + LARGE - 1 & -LARGE, PageSize.SIZE_2M);
        MemorySegment.copy(made, 0, accesses.segment(), ValueLayout.JAVA_LONG, 0, count);
        registers = MappedMemory.anonymous(MappedMemory.PAGE, MappedMemory.PAGE);
    }

    private static MappedMemory populated(long bytes, PageSize pages) {
        MappedMemory memory = MappedMemory.anonymous(bytes, LARGE);
        populate(memory, 0, bytes, pages);
        return memory;
    }

    /// Backs a range by pages of a size.
    static void populate(MappedMemory memory, long from, long bytes, PageSize pages) {
        boolean large = pages == PageSize.SIZE_2M;
        memory.advise(from, bytes, large ? MappedMemory.HUGE_PAGE : MappedMemory.NO_HUGE_PAGE);
        memory.advise(from, bytes, MappedMemory.POPULATE_WRITE);
        if (large) {
            // Where the kernel was short of large pages it makes them now.
            int _ = memory.tryAdvise(from, bytes, MappedMemory.COLLAPSE);
        }
    }

    /// Writes number n of [Checksum] to the first word of each page n of 4 KiB, so that loads have
    /// something to find.
    static void mark(MemorySegment memory) {
        for (long page = 0; page < memory.byteSize() / MappedMemory.PAGE; page++) {
            memory.set(ValueLayout.JAVA_LONG, page * MappedMemory.PAGE, Checksum.value(page));
        }
    }

    /// Makes all accesses.
    void replay() {
        long[] start = {accesses.address(), count, Checksum.START, Checksum.STEP, Checksum.STEP};
        MemorySegment.copy(start, 0, registers.segment(), ValueLayout.JAVA_LONG, 0, WORDS);
        loop.call(registers.address());
    }

    /// The checksum of the last replay.
    long checksum() {
        return registers.segment().getAtIndex(ValueLayout.JAVA_LONG, 2);
    }

    /// Checks that the memory is mapped by pages of the size that was asked for.
    ///
    /// @throws IllegalStateException if not
    void checkPages() {
        checkPages(memory, 0, memory.bytes(), pages);
    }

    /// Checks that a range is.
    ///
    /// @throws IllegalStateException if not
    static void checkPages(MappedMemory memory, long from, long bytes, PageSize pages) {
        long large = PageMap.largeBytes(memory.address() + from, bytes);
        if (large != (pages == PageSize.SIZE_2M ? bytes : 0)) {
            throw new IllegalStateException(
                    "%d of %d bytes are mapped by 2-MiB pages".formatted(large, bytes));
        }
    }

    @Override
    public void close() {
        loop.close();
        memory.close();
        accesses.close();
        registers.close();
    }
}
