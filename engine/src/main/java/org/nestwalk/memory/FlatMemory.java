package org.nestwalk.memory;

import java.util.Arrays;
import org.nestwalk.Intrinsics;

/// A zone of physical memory stored frame by frame: the word at an address is found by arithmetic
/// alone, which keeps page walks over large tables as fast as the host's memory allows.
///
/// A frame of 4 KiB is allocated when it is first written, wherever it lies, so that tables cost
/// what they hold; what was never written reads as zero. Frames are found through a directory of
/// regions of 16 MiB.
///
/// Frames hold tables or data: data is stored by [#store], which leaves [#rewrites] alone unless
/// the frame was written as a table ([#write], [#setFlags]) since it was last [released][#release].
/// Several threads may load, store and set flags at the same time, as processors do; whoever
/// writes, copies or releases must be alone.
///
/// ```text
///  address - base:  63          24 23           12 11      3 2    0
///                  +--------------+---------------+---------+------+
///                  |    region    |     frame     |  word   |  0   |
///                  +--------------+---------------+---------+------+
/// ```
@SuppressWarnings("ReferenceEquality") // NO_REGION and NO_FRAME stand for all not yet written
public final class FlatMemory implements FrameMemory {
    private static final int REGION_SHIFT = 24;
    private static final int FRAME_SHIFT = 12;
    private static final int FRAMES = 1 << REGION_SHIFT - FRAME_SHIFT;
    private static final int WORDS = 1 << FRAME_SHIFT - 3;
    private static final int FIRST_WORD = 1;
    private static final long[] NO_FRAME = new long[FIRST_WORD + WORDS];
    private static final long[][] NO_REGION = new long[FRAMES][];

    static {
        Arrays.fill(NO_REGION, NO_FRAME);
    }

    private final long base;

    // By region and frame; word 0 of a frame is not zero if the frame has been written as a table.
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

    /// The word at `address`, which is a multiple of 8; 0 below [#base].
    @Override
    public long read(long address) {
        long offset = address - base;
        long[][][] all = regions;
        int region = (int) (offset >>> REGION_SHIFT);
        return Integer.compareUnsigned(region, all.length) < 0
                ? all[region][frameOf(offset)][wordOf(offset)]
                : 0;
    }

    @Override
    public void write(long address, long value) {
        long[] frame = frameToWrite(address);
        int word = wordOf(address - base);
        countRewrite(frame[word], value);
        frame[0] = 1;
        frame[word] = value;
    }

    @Override
    public void store(long address, long value) {
        long[] frame = frameToWrite(address);
        int word = wordOf(address - base);
        if (frame[0] != 0) {
            countRewrite(frame[word], value);
        }
        frame[word] = value;
    }

    @Override
    public void setFlags(long address, long value, boolean firstUse) {
        flagChanges += firstUse ? 0 : 1;
        long[] frame = frameToWrite(address);
        frame[0] = 1;
        // Another processor may set other flags of the same entry.
        Intrinsics.setBits(frame, wordOf(address - base), value);
    }

    /// Counts a change of something that is kept elsewhere, on which translations depend as on
    /// words of this memory: as one of [#rewrites].
    public void countChange() {
        rewrites++;
    }

    /// Whether the frame at `address` has been written as a table since it was last
    /// [released][#release].
    public boolean holdsTable(long address) {
        return frame(address)[0] != 0;
    }

    /// Stores a word of a table and counts nothing: for views of this memory that hold something
    /// else than what is stored, and count the changes of that themselves.
    ///
    /// @param address a multiple of 8
    public void put(long address, long value) {
        long[] frame = frameToWrite(address);
        frame[0] = 1;
        frame[wordOf(address - base)] = value;
    }

    @Override
    public void copyFrame(long from, long to) {
        long[] source = frame(from);
        if (source == NO_FRAME) {
            release(to);
            return;
        }
        long[] target = frameToWrite(to);
        if (target[0] != 0) {
            rewrites++;
        }
        System.arraycopy(source, 0, target, 0, source.length);
    }

    @Override
    public void release(long address) {
        long[] frame = frame(address);
        if (frame == NO_FRAME) {
            return;
        }
        if (frame[0] != 0) {
            rewrites++;
        }
        long offset = address - base;
        regions[(int) (offset >>> REGION_SHIFT)][frameOf(offset)] = NO_FRAME;
        frames--;
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

    private void countRewrite(long old, long value) {
        if (old != 0 && old != value) {
            rewrites++;
        }
    }

    private long[] frame(long address) {
        long offset = address - base;
        int region = (int) (offset >>> REGION_SHIFT);
        return region < regions.length ? regions[region][frameOf(offset)] : NO_FRAME;
    }

    private long[] frameToWrite(long address) {
        long[] frame = frame(address);
        return frame == NO_FRAME ? allocate(address - base) : frame;
    }

    private synchronized long[] allocate(long offset) {
        int region = (int) (offset >>> REGION_SHIFT);
        int frame = frameOf(offset);
        if (region >= regions.length) {
            int old = regions.length;
            long[][][] more = Arrays.copyOf(regions, Math.max(region + 1, old + (old >> 1)));
            Arrays.fill(more, old, more.length, NO_REGION);
            regions = more;
        }
        if (regions[region] == NO_REGION) {
            regions[region] = NO_REGION.clone();
        }
        if (regions[region][frame] == NO_FRAME) {
            regions[region][frame] = new long[FIRST_WORD + WORDS];
            frames++;
        }
        return regions[region][frame];
    }

    private static int frameOf(long offset) {
        return (int) (offset >>> FRAME_SHIFT) & FRAMES - 1;
    }

    private static int wordOf(long offset) {
        return FIRST_WORD + ((int) (offset >>> 3) & WORDS - 1);
    }
}
