package org.nestwalk.memory;

import java.util.Arrays;

/// A zone of physical memory stored frame by frame: the word at an address is found by arithmetic
/// alone, which keeps page walks over large tables as fast as the host's memory allows.
///
/// A frame of 4 KiB is allocated when it is first written, wherever it lies, so that tables cost
/// what they hold; what was never written reads as zero. Frames are found through a directory of
/// regions of 16 MiB.
///
/// ```text
///  address - base:  63          24 23           12 11      3 2    0
///                  +--------------+---------------+---------+------+
///                  |    region    |     frame     |  word   |  0   |
///                  +--------------+---------------+---------+------+
/// ```
@SuppressWarnings("ReferenceEquality") // NO_REGION and NO_FRAME stand for all not yet written
public final class FlatMemory implements PhysicalMemory {
    private static final int REGION_SHIFT = 24;
    private static final int FRAME_SHIFT = 12;
    private static final int FRAMES = 1 << REGION_SHIFT - FRAME_SHIFT;
    private static final int WORDS = 1 << FRAME_SHIFT - 3;
    private static final long[] NO_FRAME = new long[WORDS];
    private static final long[][] NO_REGION = new long[FRAMES][];

    static {
        Arrays.fill(NO_REGION, NO_FRAME);
    }

    private final long base;
    private long[][][] regions = {};
    private long frames;
    private long rewrites;
    private long flagChanges;

    /// A zone that begins at `base`, a multiple of 4096. It has no fixed end: up to 2^31 regions.
    public FlatMemory(long base) {
        this.base = base;
    }

    /// The lowest address of the zone.
    public long base() {
        return base;
    }

    /// The word at `address`, which is a multiple of 8 and at least [#base].
    @Override
    public long read(long address) {
        long offset = address - base;
        long[][][] all = regions;
        int region = (int) (offset >>> REGION_SHIFT);
        return region < all.length ? all[region][frameOf(offset)][wordOf(offset)] : 0;
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

    @Override
    public long rewrites() {
        return rewrites;
    }

    @Override
    public long changes() {
        return rewrites + flagChanges;
    }

    /// Bytes of frames allocated so far.
    public long allocatedBytes() {
        return frames << FRAME_SHIFT;
    }

    private void store(long address, long value) {
        long offset = address - base;
        int region = (int) (offset >>> REGION_SHIFT);
        int frame = frameOf(offset);
        if (region >= regions.length || regions[region][frame] == NO_FRAME) {
            allocate(region, frame);
        }
        regions[region][frame][wordOf(offset)] = value;
    }

    private void allocate(int region, int frame) {
        if (region >= regions.length) {
            int old = regions.length;
            regions = Arrays.copyOf(regions, Math.max(region + 1, old + (old >> 1)));
            Arrays.fill(regions, old, regions.length, NO_REGION);
        }
        if (regions[region] == NO_REGION) {
            regions[region] = NO_REGION.clone();
        }
        regions[region][frame] = new long[WORDS];
        frames++;
    }

    private static int frameOf(long offset) {
        return (int) (offset >>> FRAME_SHIFT) & FRAMES - 1;
    }

    private static int wordOf(long offset) {
        return (int) (offset >>> 3) & WORDS - 1;
    }
}
