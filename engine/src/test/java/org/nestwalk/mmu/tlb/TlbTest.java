package org.nestwalk.mmu.tlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.mmu.tlb.Translation.MISS;
import static org.nestwalk.mmu.tlb.Translation.SIZE_1G;
import static org.nestwalk.mmu.tlb.Translation.SIZE_2M;
import static org.nestwalk.mmu.tlb.Translation.SIZE_4K;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;

class TlbTest {
    private static final long GVA = 0x7f00_1234_5678L;

    private final TranslationContexts contexts = new TranslationContexts();
    private final int context = contexts.of(1, 5, 9);
    private final Tlb tlb = tlb(64, 4, EnumSet.allOf(PageSize.class));

    private Tlb tlb(int entries, int ways, Set<PageSize> sizes) {
        return tlb(new Geometry(entries, ways, Replacement.LRU), sizes);
    }

    private Tlb tlb(Geometry geometry, Set<PageSize> sizes) {
        return new Tlb(new TlbModel("T", TlbModel.Serves.BOTH, sizes, geometry, 0), contexts, 1);
    }

    private static long page(int size) {
        return Translation.of(0x12_4000_0000L, Translation.USER, size, size, 0);
    }

    private static long global(int size) {
        return Translation.of(0x12_4000_0000L, Translation.GLOBAL, size, size, 0);
    }

    @Test
    void findsWhatItWasFilledWith() {
        assertThat(tlb.fill(GVA, context, page(SIZE_4K))).isTrue();
        assertThat(tlb.lookup(GVA | 0xfff, context)).isEqualTo(page(SIZE_4K));
        assertThat(tlb.lookup(GVA + 0x1000, context)).isEqualTo(MISS);
    }

    @Test
    void aLargePageIsFoundByAnyAddressInIt() {
        tlb.fill(GVA, context, page(SIZE_2M));
        assertThat(tlb.lookup(GVA ^ 0x1f_0000, context)).isEqualTo(page(SIZE_2M));
        assertThat(tlb.lookup(GVA ^ 0x20_0000, context)).isEqualTo(MISS);
    }

    @Test
    void theSmallestPageIsFoundFirst() {
        tlb.fill(GVA, context, page(SIZE_1G));
        tlb.fill(GVA, context, page(SIZE_2M));
        assertThat(tlb.lookup(GVA, context)).isEqualTo(page(SIZE_2M));
        tlb.fill(GVA, context, page(SIZE_4K));
        assertThat(tlb.lookup(GVA, context)).isEqualTo(page(SIZE_4K));
        assertThat(tlb.lookup(GVA ^ 0x20_0000, context)).isEqualTo(page(SIZE_1G));
    }

    @Test
    void doesNotHoldASizeThatItsModelLacks() {
        Tlb small = tlb(64, 4, EnumSet.of(PageSize.SIZE_4K));
        assertThat(small.fill(GVA, context, page(SIZE_2M))).isFalse();
        assertThat(small.lookup(GVA, context)).isEqualTo(MISS);
        assertThat(small.holds(SIZE_4K)).isTrue();
        assertThat(small.holds(SIZE_1G)).isFalse();
    }

    @Test
    void everyLookupIsAUseUnderLfu() {
        Tlb pair = tlb(new Geometry(2, 2, Replacement.LFU), EnumSet.of(PageSize.SIZE_4K));
        pair.fill(0x1000, context, page(SIZE_4K));
        pair.fill(0x2000, context, page(SIZE_4K));
        for (long gva : new long[] {0x1000, 0x1000, 0x1000, 0x2000, 0x2000}) {
            pair.lookup(gva, context);
        }
        pair.fill(0x3000, context, page(SIZE_4K));
        assertThat(pair.peek(0x1000, context)).isEqualTo(page(SIZE_4K));
    }

    @Test
    void aPageFilledInsideALargerOneIsFoundAtOnce() {
        tlb.fill(GVA, context, page(SIZE_2M));
        tlb.lookup(GVA, context);
        tlb.fill(GVA, context, page(SIZE_4K));
        assertThat(tlb.lookup(GVA, context)).isEqualTo(page(SIZE_4K));
    }

    @Test
    void addressesOfTheUpperHalfAreTranslated() {
        tlb.fill(-0x1000, context, page(SIZE_4K));
        assertThat(tlb.lookup(-1, context)).isEqualTo(page(SIZE_4K));
        assertThat(tlb.lookup(0xfff, context)).isEqualTo(MISS);
    }

    @Test
    void contextsDoNotSeeEachOthersEntries() {
        tlb.fill(GVA, context, page(SIZE_4K));
        assertThat(tlb.lookup(GVA, contexts.of(1, 6, 9))).isEqualTo(MISS);
        assertThat(tlb.lookup(GVA, contexts.of(2, 5, 9))).isEqualTo(MISS);
        assertThat(tlb.lookup(GVA, contexts.of(1, 5, 8))).isEqualTo(MISS);
    }

    @Test
    void aGlobalEntryServesEveryPcidOfItsVpidAndEp4ta() {
        tlb.fill(GVA, context, global(SIZE_2M));
        assertThat(tlb.lookup(GVA, contexts.of(1, 6, 9))).isEqualTo(global(SIZE_2M));
        assertThat(tlb.lookup(GVA, contexts.of(2, 5, 9))).isEqualTo(MISS);
        assertThat(tlb.lookup(GVA, contexts.of(1, 5, 8))).isEqualTo(MISS);
    }

    @Test
    void anUpdateReplacesTheEntryInPlace() {
        tlb.fill(GVA, context, page(SIZE_4K));
        long dirty = page(SIZE_4K) | Translation.DIRTY;
        assertThat(tlb.update(GVA, context, dirty)).isTrue();
        assertThat(tlb.lookup(GVA, context)).isEqualTo(dirty);
        assertThat(tlb.size()).isEqualTo(1);
    }

    @Test
    void anUpdateIsNotAUse() {
        Tlb pair = tlb(2, 2, EnumSet.of(PageSize.SIZE_4K));
        pair.fill(0x1000, context, page(SIZE_4K));
        pair.fill(0x2000, context, page(SIZE_4K));
        pair.update(0x1000, context, page(SIZE_4K) | Translation.DIRTY);
        pair.fill(0x3000, context, page(SIZE_4K));
        assertThat(pair.peek(0x1000, context)).isEqualTo(MISS);
    }

    @Test
    void anUpdateOfWhatIsNotHeldDoesNothing() {
        assertThat(tlb.update(GVA, context, page(SIZE_4K))).isFalse();
        assertThat(tlb.size()).isZero();
    }

    @Test
    void anUpdateToAnotherSizeLeavesNothingOfTheOld() {
        tlb.fill(GVA, context, page(SIZE_4K));
        tlb.update(GVA, context, page(SIZE_2M));
        assertThat(tlb.lookup(GVA, context)).isEqualTo(page(SIZE_2M));
        assertThat(tlb.size()).isEqualTo(1);
    }

    @Test
    void anUpdateToGlobalServesOtherPcids() {
        tlb.fill(GVA, context, page(SIZE_4K));
        tlb.update(GVA, context, global(SIZE_4K));
        assertThat(tlb.lookup(GVA, contexts.of(1, 6, 9))).isEqualTo(global(SIZE_4K));
        assertThat(tlb.size()).isEqualTo(1);
    }

    @Test
    void aStaleEntryStaysUntilItIsInvalidated() {
        tlb.fill(GVA, context, page(SIZE_4K));
        for (int i = 0; i < 1000; i++) {
            assertThat(tlb.lookup(GVA, context)).isEqualTo(page(SIZE_4K));
        }
        tlb.invalidate(Invalidations.invlpg(1, 5, GVA));
        assertThat(tlb.lookup(GVA, context)).isEqualTo(MISS);
    }

    @Test
    void invlpgRemovesAllPiecesOfASplinteredPage() {
        long guest2M = Translation.of(0x5000, 0, SIZE_4K, SIZE_2M, 0);
        tlb.fill(0x40_0000, context, guest2M);
        tlb.fill(0x40_7000, context, guest2M);
        tlb.fill(0x5f_f000, context, guest2M);
        tlb.fill(0x60_0000, context, guest2M);
        tlb.invalidate(Invalidations.invlpg(1, 5, 0x45_6789));
        assertThat(tlb.size()).isEqualTo(1);
        assertThat(tlb.peek(0x60_0000, context)).isEqualTo(guest2M);
    }

    @Test
    void invlpgOfASmallPageKeepsItsNeighbours() {
        tlb.fill(0x40_0000, context, page(SIZE_4K));
        tlb.fill(0x40_1000, context, page(SIZE_4K));
        tlb.invalidate(Invalidations.invlpg(1, 5, 0x40_0abc));
        assertThat(tlb.peek(0x40_0000, context)).isEqualTo(MISS);
        assertThat(tlb.peek(0x40_1000, context)).isEqualTo(page(SIZE_4K));
    }

    @Test
    void invlpgRemovesAPageOfEverySizeAroundTheAddress() {
        tlb.fill(GVA, context, page(SIZE_1G));
        tlb.fill(GVA, context, page(SIZE_2M));
        tlb.fill(GVA, context, page(SIZE_4K));
        tlb.invalidate(Invalidations.invlpg(1, 5, GVA));
        assertThat(tlb.size()).isZero();
    }

    @Test
    void sizesWithoutEntriesStayFindableAfterReplacement() {
        Tlb one = tlb(1, 1, EnumSet.allOf(PageSize.class));
        one.fill(GVA, context, page(SIZE_2M));
        one.fill(GVA, context, page(SIZE_4K));
        one.fill(GVA, context, page(SIZE_1G));
        assertThat(one.lookup(GVA, context)).isEqualTo(page(SIZE_1G));
        one.fill(0, context, global(SIZE_4K));
        assertThat(one.lookup(0, context)).isEqualTo(global(SIZE_4K));
    }

    @Test
    void pieceThatAnUpdateFoundGoesWithItsWholePage() {
        tlb.fill(0x40_0000, context, page(SIZE_4K));
        tlb.update(0x40_0000, context, Translation.of(0x5000, 0, SIZE_4K, SIZE_2M, 0));
        tlb.invalidate(Invalidations.invlpg(1, 5, 0x45_6789));
        assertThat(tlb.size()).isZero();
    }
}
