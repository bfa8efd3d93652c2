package org.nestwalk.mmu.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.sets.Fingerprints;

class TlbLevelTest {
    private static final long GVA = 0x7f00_1234_5678L;
    private static final long SMALL = Translation.of(0x1000, 0, 0, 0, 0);
    private static final long LARGE = Translation.of(0x40_0000, 0, 1, 1, 0);

    private final TranslationContexts contexts = new TranslationContexts();
    private final int context = contexts.of(1, 5, TranslationContexts.NO_EPT);
    private final Tlb shared =
            new Tlb(
                    new TlbModel(
                            "T",
                            TlbModel.Serves.BOTH,
                            EnumSet.allOf(PageSize.class),
                            new Geometry(64, 4, Replacement.LRU),
                            7),
                    contexts,
                    1);
    private final TlbLevel[] sides = TlbLevel.of(List.of(shared));
    private final TlbLevel data = sides[0];
    private final TlbLevel instructions = sides[1];

    private long lookup(TlbLevel level, long gva) {
        long tag = TranslationTag.of(gva, context);
        return level.lookup(tag, Fingerprints.spread(tag));
    }

    private void fill(TlbLevel level, long gva, long translation) {
        long tag = TranslationTag.of(gva, context);
        level.fill(tag, Fingerprints.spread(tag), translation);
    }

    @Test
    void aSharedTlbServesBothSides() {
        fill(data, GVA, SMALL);
        assertThat(lookup(instructions, GVA)).isEqualTo(SMALL);
        assertThat(instructions.hitCycles()).isEqualTo(7);
    }

    @Test
    void aLargePageOfOneSideIsFoundByTheOther() {
        fill(data, GVA, SMALL);
        fill(instructions, GVA + (4 << 20), LARGE);
        assertThat(lookup(data, GVA + (4 << 20) + 0x1000)).isEqualTo(LARGE);
        assertThat(lookup(data, GVA)).isEqualTo(SMALL);
        assertThat(data.hitCycles()).isEqualTo(7);
    }

    @Test
    void smallPagesAreInvalidatedWhateverSideFilledThem() {
        fill(data, GVA, SMALL);
        instructions.invalidate(Invalidations.invlpg(1, 5, GVA));
        assertThat(lookup(data, GVA)).isEqualTo(Translation.MISS);
    }

    @Test
    void largePagesAreForgottenOnceAllAreInvalidated() {
        fill(instructions, GVA, LARGE);
        data.invalidate(Invalidations.invpcidAll(1));
        fill(data, GVA, SMALL);
        assertThat(lookup(instructions, GVA)).isEqualTo(SMALL);
        data.invalidate(Invalidations.invlpg(1, 5, 0));
        assertThat(shared.lookup(GVA, context)).isEqualTo(SMALL);
    }

    /// The first level of most of Intel's processors: a TLB for each size.
    private TlbLevel split() {
        return TlbLevel.of(List.of(only("4K", PageSize.SIZE_4K), only("2M", PageSize.SIZE_2M)))[0];
    }

    private Tlb only(String name, PageSize... sizes) {
        Geometry geometry = new Geometry(16, 4, Replacement.LRU);
        EnumSet<PageSize> held = EnumSet.copyOf(List.of(sizes));
        TlbModel model = new TlbModel(name, TlbModel.Serves.DATA, held, geometry, 0);
        return new Tlb(model, contexts, 1);
    }

    @Test
    void pieceOfALargePageGivesWayToTheWholePageWhenAWalkFindsIt() {
        // The piece came from a second level that holds 4K only; the walk for a dirty flag finds
        // 2M.
        TlbLevel level = split();
        fill(level, GVA, Translation.splinter(LARGE, GVA, 0));
        long dirty = LARGE | Translation.DIRTY;
        assertThat(level.update(TranslationTag.of(GVA, context), dirty)).isEqualTo(dirty);
        assertThat(lookup(level, GVA)).isEqualTo(dirty);
    }

    @Test
    void largePageGivesWayToASmallOneWhenAWalkFindsIt() {
        TlbLevel level = split();
        fill(level, GVA, LARGE);
        level.update(TranslationTag.of(GVA, context), SMALL);
        assertThat(lookup(level, GVA)).isEqualTo(SMALL);
    }

    @Test
    void pieceOfAHugePageGivesWayToTheLargestPieceThatIsHeld() {
        TlbLevel level = split();
        long huge = Translation.of(0x4000_0000L, Translation.DIRTY, 2, 2, 0);
        fill(level, GVA, Translation.splinter(huge, GVA, 0));
        level.update(TranslationTag.of(GVA, context), huge);
        assertThat(lookup(level, GVA)).isEqualTo(Translation.splinter(huge, GVA, 1));
    }

    @Test
    void pageThatIsNotCachedIsNotCachedByAnUpdate() {
        TlbLevel level = split();
        level.update(TranslationTag.of(GVA, context), LARGE);
        assertThat(lookup(level, GVA)).isEqualTo(Translation.MISS);
    }

    @Test
    void smallPageGivesWayToALargeOneWhenAWalkFindsIt() {
        TlbLevel level = split();
        fill(level, GVA, SMALL);
        level.update(TranslationTag.of(GVA, context), LARGE);
        assertThat(lookup(level, GVA)).isEqualTo(LARGE);
    }

    @Test
    void pageThatOneTlbKeepsIsNotFilledAnew() {
        Tlb small = only("4K", PageSize.SIZE_4K);
        Tlb both = only("4K and 2M", PageSize.SIZE_4K, PageSize.SIZE_2M);
        TlbLevel level = TlbLevel.of(List.of(small, both))[0];
        fill(level, GVA, SMALL);
        assertThat(both.size()).isEqualTo(1);
        level.update(TranslationTag.of(GVA, context), LARGE);
        assertThat(lookup(level, GVA)).isEqualTo(LARGE);
        assertThat(small.size()).isZero();
        assertThat(both.size()).isEqualTo(1);
    }

    @Test
    void largePageIsFoundAfterAnotherWasInvalidated() {
        TlbLevel level = split();
        fill(level, GVA, LARGE);
        fill(level, 0x1000, SMALL);
        level.invalidate(Invalidations.invlpg(1, 5, 0x1000));
        assertThat(lookup(level, GVA)).isEqualTo(LARGE);
        assertThat(lookup(level, 0x1000)).isEqualTo(Translation.MISS);
    }
}
