package org.nestwalk.memory;

import java.util.Arrays;

/// A zone of physical memory stored flat: the word at an address is found by arithmetic alone,
/// which keeps page walks over large tables as fast as the host's memory allows. Storage is
/// allocated in chunks of 256 KiB as they are first written, so that frames scattered over a zone
/// stay affordable; the rest of the zone reads as zero and costs a reference a chunk.
@SuppressWarnings("ReferenceEquality") // ZERO stands for every chunk not yet written
public final class FlatMemory implements PhysicalMemory {
    private static final int CHUNK_WORDS_SHIFT = 15;
    private static final int CHUNK_MASK = (1 << CHUNK_WORDS_SHIFT) - 1;
    private static final long[] ZERO = new long[1 << CHUNK_WORDS_SHIFT];

    private final long base;
    private long[][] chunks;
    private long rewrites;
    private long flagChanges;

    /// A zone that begins at `base`, a multiple of 4096. It has no fixed end: up to 2^31 chunks.
    public FlatMemory(long base) {
        this.base = base;
        this.chunks = new long[0][];
    }

    /// The lowest address of the zone.
    public long base() {
        return base;
    }

    /// The word at `address`, which is a multiple of 8 and at least [#base].
    @Override
    public long read(long address) {
        long word = (address - base) >>> 3;
        long[][] all = chunks;
        int chunk = (int) (word >>> CHUNK_WORDS_SHIFT);
        return chunk < all.length ? all[chunk][(int) word & CHUNK_MASK] : 0;
    }

    @Override
    public void write(long address, long value) {
        long old = read(address);
        if (old != 0 && old != value) {
            rewrites++;
        }
        store(address, value);
    }

    @Override
    public void setFlags(long address, long value, boolean firstUse) {
        flagChanges += firstUse ? 0 : 1;
        store(address, value);
    }

    private void store(long address, long value) {
        long word = (address - base) >>> 3;
        int chunk = (int) (word >>> CHUNK_WORDS_SHIFT);
        if (chunk >= chunks.length || chunks[chunk] == ZERO) {
            allocate(chunk);
        }
        chunks[chunk][(int) word & CHUNK_MASK] = value;
    }

    @Override
    public long rewrites() {
        return rewrites;
    }

    @Override
    public long changes() {
        return rewrites + flagChanges;
    }

    /// Bytes of storage allocated so far.
    public long allocatedBytes() {
        long count = 0;
        for (long[] chunk : chunks) {
            count += chunk == ZERO ? 0 : 1;
        }
        return count << CHUNK_WORDS_SHIFT + 3;
    }

    private void allocate(int chunk) {
        if (chunk >= chunks.length) {
            int old = chunks.length;
            chunks = Arrays.copyOf(chunks, Math.max(chunk + 1, old + (old >> 1)));
            Arrays.fill(chunks, old, chunks.length, ZERO);
        }
        chunks[chunk] = new long[1 << CHUNK_WORDS_SHIFT];
    }
}
