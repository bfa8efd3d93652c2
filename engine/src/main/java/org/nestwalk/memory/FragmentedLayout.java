package org.nestwalk.memory;

import org.nestwalk.bits.PageSize;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.SplitMix64;

/// Fragmented memory: a given fraction of the aligned 2-MiB blocks is broken, that is, can be had
/// only as 4-KiB frames.
///
/// Every aligned gibibyte of the zone has the same number of broken blocks among its 512: 512 times
/// the degree, rounded, but at least 1 unless the degree is 0. Which ones is drawn by the seed.
/// - A 2-MiB request is offered one block, the next in a scattered order over the zone: it gets it
///   if it is whole and -1 if it is broken. So that fraction of such requests fails.
/// - A 4-KiB request gets a frame of a broken block, in a scattered order over all broken blocks;
///   with degree 0, over the first half of the zone, whose blocks then serve no 2-MiB request.
/// - A 1-GiB request always fails, because no gibibyte is free of broken blocks; with degree 0 it
///   gets one of the last quarter of the zone, scattered.
///
/// With degree 0 this is [ScatteredLayout].
public final class FragmentedLayout implements FrameLayout {
    private static final int BLOCKS = 512;
    private static final int BLOCK_BITS = 9;

    private final PhysicalZone zone;
    private final double degree;
    private final long seed;
    private final int broken;
    private final ScatteredLayout unbroken;
    private final Permutation rank;
    private final ScatteredIndices blocks;
    private final ScatteredIndices frames;

    /// A layout over `zone` with a `degree` from 0 to 1, from `seed`.
    public FragmentedLayout(PhysicalZone zone, double degree, long seed) {
        if (!(degree >= 0 && degree <= 1)) {
            throw new IllegalArgumentException("degree of fragmentation " + degree);
        }
        this.zone = zone;
        this.degree = degree;
        this.seed = seed;
        broken = degree == 0 ? 0 : (int) Math.max(1, Math.round(degree * BLOCKS));
        unbroken = new ScatteredLayout(zone, seed);
        rank = new Permutation(BLOCKS, SplitMix64.hash(seed, 4));
        long gibibytes = zone.bytes() / PhysicalZone.GIB;
        blocks = new ScatteredIndices(gibibytes * BLOCKS, BLOCKS, SplitMix64.hash(seed, 5));
        long framesEach = Math.max(1, (long) broken * BLOCKS);
        frames = new ScatteredIndices(gibibytes * framesEach, framesEach, SplitMix64.hash(seed, 6));
    }

    @Override
    public long allocate(PageSize size) {
        if (broken == 0) {
            return unbroken.allocate(size);
        }
        return switch (size) {
            case SIZE_4K -> frameOfBrokenBlock();
            case SIZE_2M -> nextBlockIfWhole();
            case SIZE_1G -> -1;
        };
    }

    @Override
    public String spec() {
        return "fragmented:" + degree;
    }

    private long nextBlockIfWhole() {
        long index = blocks.next();
        if (index < 0) {
            return -1;
        }
        long gibibyte = index >> BLOCK_BITS;
        int block = (int) (index & (BLOCKS - 1));
        if (rank.apply(block ^ twist(gibibyte)) < broken) {
            return -1;
        }
        return address(gibibyte, block);
    }

    private long frameOfBrokenBlock() {
        long index = frames.next();
        if (index < 0) {
            return -1;
        }
        long inBlocks = index >> BLOCK_BITS;
        long gibibyte = inBlocks / broken;
        int block = (int) rank.invert(inBlocks % broken) ^ twist(gibibyte);
        return address(gibibyte, block) + ((index & (BLOCKS - 1)) << PageSize.SIZE_4K.shift());
    }

    /// What the block numbers of a gibibyte are xored with before ranking, so that gibibytes
    /// differ.
    private int twist(long gibibyte) {
        return (int) SplitMix64.hash(seed, gibibyte) & (BLOCKS - 1);
    }

    private long address(long gibibyte, int block) {
        return zone.base()
                + gibibyte * PhysicalZone.GIB
                + ((long) block << PageSize.SIZE_2M.shift());
    }
}
