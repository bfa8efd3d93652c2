package org.nestwalk.kvm.measure;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.BitSet;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.code.RandomLoads;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.NativeFunction;

/// Finds large pages that the TLB holds in small pieces: those that a hypervisor below this host
/// backs by small pages of its own, which no kernel of a guest can see.
///
/// Loads from 256 lines of one large page, 8 KiB apart, hit the first-level cache; they hit the
/// first-level TLB too, unless each needs an entry of its own.
final class CutPages {
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final LoadPattern PATTERN = new LoadPattern(LARGE, 8192);
    private static final int LOADS = 1_000;
    private static final int BURSTS = 6;
    private static final double USUAL = 0.1;
    private static final double SLOWER = 1.25;

    private CutPages() {}

    /// The large pages of `memory`, which is backed by such, that are cut; none if all seem to be.
    static BitSet find(MappedMemory memory) {
        int pages = Math.toIntExact(memory.bytes() / LARGE);
        long[] ticks = new long[pages];
        try (Arena arena = Arena.ofConfined();
                NativeFunction loads = NativeFunction.of(RandomLoads.asFunction().bytes())) {
            LoadBlock block =
                    new LoadBlock(arena.allocate(RandomLoads.BLOCK_BYTES, LoadPattern.LINE));
            for (int page = 0; page < pages; page++) {
                ticks[page] = Long.MAX_VALUE;
                for (int i = 0; i < BURSTS; i++) {
                    block.prepare(memory.address() + page * LARGE, PATTERN, LOADS, 1, LOADS);
                    loads.call(block.segment().address());
                    ticks[page] = Math.min(ticks[page], block.ticks());
                }
            }
        }
        return slower(ticks);
    }

    /// The indices of times clearly above those that the best have.
    static BitSet slower(long[] ticks) {
        long[] sorted = ticks.clone();
        Arrays.sort(sorted);
        double usual = sorted[(int) (USUAL * sorted.length)];
        BitSet slower = new BitSet();
        for (int i = 0; i < ticks.length; i++) {
            slower.set(i, ticks[i] > SLOWER * usual);
        }
        return slower;
    }

    /// The beginning of the longest run of indices below `size` that are not in `set`; the first of
    /// several.
    static int longestRunWithout(BitSet set, int size) {
        int best = 0;
        int longest = 0;
        int at = set.nextClearBit(0);
        while (at < size) {
            int next = set.nextSetBit(at);
            int end = next < 0 ? size : Math.min(next, size);
            if (end - at > longest) {
                longest = end - at;
                best = at;
            }
            at = set.nextClearBit(end);
        }
        return best;
    }
}
