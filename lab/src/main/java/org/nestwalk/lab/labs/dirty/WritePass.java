package org.nestwalk.lab.labs.dirty;

import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.SplitMix64;

/// Accesses spread evenly over a working set, some of them stores: the same from the same seed.
final class WritePass implements AccessSource {
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final double UNIT = 0x1p-53;

    private final long base;
    private final long bytes;
    private final double writes;
    private final long total;
    private final long seed;
    private long next;

    /// @param writes part of the accesses that are stores
    WritePass(long base, long bytes, double writes, long total, long seed) {
        this.base = base;
        this.bytes = bytes;
        this.writes = writes;
        this.total = total;
        this.seed = seed;
    }

    /// The same from its beginning.
    WritePass again() {
        return new WritePass(base, bytes, writes, total, seed);
    }

    /// How many 4-KiB pages it writes.
    long written() {
        PageSet pages = new PageSet();
        for (long i = 0; i < total; i++) {
            if (isStore(i)) {
                pages.add(address(i) & -PAGE, PAGE);
            }
        }
        return pages.size();
    }

    private boolean isStore(long number) {
        return (SplitMix64.hash(seed, 2 * number) >>> 11) * UNIT < writes;
    }

    private long address(long number) {
        long words = bytes / Long.BYTES;
        return base + Long.remainderUnsigned(SplitMix64.hash(seed, 2 * number + 1), words) * 8;
    }

    @Override
    public int next(long[] block) {
        int count = (int) Math.min(block.length, total - next);
        for (int i = 0; i < count; i++, next++) {
            block[i] = Access.pack(isStore(next) ? Access.STORE : Access.LOAD, address(next));
        }
        return count;
    }
}
