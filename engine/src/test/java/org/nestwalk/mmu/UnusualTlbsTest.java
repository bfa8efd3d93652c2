package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;
import org.nestwalk.mmu.sets.Fingerprints;
import org.nestwalk.mmu.tlb.LastPageTest;
import org.nestwalk.mmu.tlb.Tlb;
import org.nestwalk.mmu.tlb.TlbLevel;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.mmu.tlb.TranslationTag;

/// Machines whose TLBs do not hold every page size or do not serve every access: what has no place
/// in a TLB is missed every time.
class UnusualTlbsTest {
    private static final EnumSet<PageSize> LARGE = EnumSet.of(PageSize.SIZE_2M, PageSize.SIZE_1G);
    private static final EnumSet<PageSize> SMALL = EnumSet.of(PageSize.SIZE_4K);

    private static TlbModel tlb(String name, Serves serves, EnumSet<PageSize> sizes) {
        return new TlbModel(name, serves, sizes, new Geometry(4, 4, Replacement.LRU), 0);
    }

    private static MmuCounts run(int kind, int times, TlbModel... firstLevel) {
        Mmu mmu = LastPageTest.processor(firstLevel);
        run(mmu, kind, times);
        return mmu.counts();
    }

    private static void run(Mmu mmu, int kind, int times) {
        long[] block = new long[times];
        for (int i = 0; i < times; i++) {
            block[i] = Access.pack(kind, 0x1000 + i % 4096);
        }
        mmu.run(block, 0, times);
    }

    @Test
    void pageThatNoTlbHoldsIsMissedEveryTime() {
        MmuCounts counts =
                run(
                        Access.LOAD,
                        100,
                        tlb("L1D", Serves.DATA, EnumSet.of(PageSize.SIZE_1G)),
                        tlb("L1I", Serves.INSTRUCTION, SMALL));
        // Without paging, translations are of 4 KiB here.
        assertThat(counts.l1DataMisses).isEqualTo(100);
        assertThat(counts.walks.walks).isEqualTo(100);
    }

    @Test
    void storesToAPageThatNoTlbHoldsAreMissedEveryTime() {
        assertThat(run(Access.STORE, 50, tlb("L1", Serves.BOTH, LARGE)).l1DataMisses).isEqualTo(50);
    }

    @Test
    void fetchesWithoutATlbForInstructionsAreMissedEveryTime() {
        MmuCounts counts = run(Access.FETCH, 100, tlb("L1D", Serves.DATA, SMALL));
        assertThat(counts.l1InstructionMisses).isEqualTo(100);
        assertThat(run(Access.LOAD, 100, tlb("L1D", Serves.DATA, SMALL)).l1DataMisses).isEqualTo(1);
    }

    @Test
    void loadsWithoutATlbForDataAreMissedEveryTime() {
        TlbModel instructions = tlb("L1I", Serves.INSTRUCTION, SMALL);
        assertThat(run(Access.LOAD, 100, instructions).l1DataMisses).isEqualTo(100);
        assertThat(run(Access.FETCH, 100, instructions).l1InstructionMisses).isEqualTo(1);
    }

    @Test
    void fetchDoesNotHitWhatOnlyATlbOfDataHolds() {
        Mmu mmu =
                LastPageTest.processor(
                        tlb("L1D 4K", Serves.DATA, SMALL),
                        tlb("L1I 4K", Serves.INSTRUCTION, SMALL),
                        tlb("L1 2M", Serves.BOTH, LARGE));
        run(mmu, Access.LOAD, 3);
        run(mmu, Access.FETCH, 3);
        assertThat(mmu.counts().l1DataMisses).isEqualTo(1);
        assertThat(mmu.counts().l1InstructionMisses).isEqualTo(1);
    }

    @Test
    void largePageIsHeldInPiecesByATlbOfSmallPages() {
        TranslationContexts contexts = new TranslationContexts();
        TlbLevel level =
                TlbLevel.of(List.of(new Tlb(tlb("L1D", Serves.DATA, SMALL), contexts, 1)))[0];
        long tag = TranslationTag.of(0x40_3000, contexts.of(1, 0, TranslationContexts.NO_EPT));
        long large = Translation.of(0x80_0000, 0, Translation.SIZE_2M, Translation.SIZE_2M, 0);
        level.fill(tag, Fingerprints.spread(tag), large);
        long held = level.lookup(tag, Fingerprints.spread(tag));
        assertThat(Translation.size(held)).isEqualTo(Translation.SIZE_4K);
        assertThat(Translation.page(held)).isEqualTo(0x80_3000);
    }
}
