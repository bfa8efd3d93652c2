package org.nestwalk.lab.labs.channel;

import java.util.List;
import org.nestwalk.bits.Access;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.tlb.Invalidations;

/// A victim's memory under nested paging, with a processor that makes its accesses one by one and
/// says what each took.
final class VictimMemory {
    private static final int VPID = 1;

    private final Setup setup;
    private final Mmu mmu;
    private final int accessCycles;
    private final long[] access = new long[1];
    private long walksBefore;
    private int start;

    /// @param pages of both dimensions: `4K` or `2M`
    VictimMemory(ProcessorModel model, String pages, long seed) {
        setup =
                Setups.parse("nested:" + pages + "/" + pages)
                        .apply(new SetupContext(model, "contiguous", "contiguous", seed, 4, 4));
        mmu = setup.mmu();
        accessCycles = model.costs().accessCycles();
    }

    /// Makes an access, packed by [Access], and returns its cycles.
    long access(long packed) {
        MmuCounts counts = mmu.counts();
        long before = cycles(counts);
        walksBefore = counts.walks.walks;
        long[] starts = counts.walks.starts;
        long sum = 0;
        for (int level = 0; level < starts.length; level++) {
            sum += level * starts[level];
        }
        access[0] = packed;
        mmu.run(access, 0, 1);
        start = (int) -sum;
        for (int level = 0; level < starts.length; level++) {
            start += (int) (level * starts[level]);
        }
        return cycles(counts) - before + accessCycles;
    }

    /// Loads from `gva`.
    long load(long gva) {
        return access(Access.pack(Access.LOAD, gva));
    }

    /// Whether the last access walked.
    boolean walked() {
        return mmu.counts().walks.walks > walksBefore;
    }

    /// Where the last access's walk began: 0 at the root, n after a cached entry of level n.
    int start() {
        return start;
    }

    /// Empties TLBs and walk caches; data caches stay.
    void flush() {
        List.of(Invalidations.invvpidSingleContext(VPID), Invalidations.inveptAll())
                .forEach(mmu::invalidate);
    }

    private static long cycles(MmuCounts counts) {
        return counts.translationCycles() + counts.dataCycles;
    }
}
