package org.nestwalk.mmu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class ModelBoundsTest {
    private static final Geometry LRU = new Geometry(8, 4, Replacement.LRU);

    private static final ProcessorModel MODEL =
            Models.of(
                    new TranslationModel(
                            SecondLevelFormat.EPT,
                            List.of(
                                    new TlbModel(
                                            "L1",
                                            TlbModel.Serves.BOTH,
                                            EnumSet.of(PageSize.SIZE_4K),
                                            LRU,
                                            0)),
                            List.of(),
                            new WalkCacheModel(
                                    List.of(new StructureCacheModel(2, LRU)),
                                    List.of(new StructureCacheModel(3, LRU)),
                                    LRU,
                                    1,
                                    2),
                            4),
                    new MemoryModel(List.of(new CacheModel("L1", LRU, 4)), 100, true),
                    new CostModel(2.5, 3, 5, 6));

    @Test
    void waysDivideEntries() {
        assertThat(new Geometry(12, 4, Replacement.LRU).sets()).isEqualTo(3);
        assertThat(new Geometry(1, 1, Replacement.LRU).sets()).isEqualTo(1);
        for (int[] shape : new int[][] {{0, 1}, {1, 0}, {-4, 2}, {4, -2}, {10, 4}, {4, 8}}) {
            assertThatThrownBy(() -> new Geometry(shape[0], shape[1], Replacement.LRU))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("%d entries cannot have %d ways", shape[0], shape[1]);
        }
    }

    @Test
    void structureCachesAreOfLevelsTwoToFive() {
        for (int level = 2; level <= 5; level++) {
            assertThat(new StructureCacheModel(level, LRU).level()).isEqualTo(level);
        }
        for (int level : new int[] {1, 6}) {
            assertThatThrownBy(() -> new StructureCacheModel(level, LRU))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no paging-structure cache at level " + level);
        }
    }

    @Test
    void tlbHoldsSomePageSize() {
        assertThatThrownBy(() ->
                        new TlbModel(
                                "L1", TlbModel.Serves.DATA, EnumSet.noneOf(PageSize.class), LRU, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("L1 holds no page size");
    }

    @Test
    void eachVariantLeavesTheRest() {
        assertThat(MODEL.withSecondLevel(SecondLevelFormat.NPT).translation().secondLevel())
                .isEqualTo(SecondLevelFormat.NPT);
        assertThat(
                        MODEL.withSecondLevel(SecondLevelFormat.NPT)
                                .withSecondLevel(SecondLevelFormat.EPT))
                .isEqualTo(MODEL);
        ProcessorModel bare = MODEL.withoutWalkCaches();
        assertThat(bare.translation().walkCaches().guestStructureCaches()).isEmpty();
        assertThat(bare.translation().walkCaches().secondStructureCaches()).isEmpty();
        assertThat(bare.translation().walkCaches().nestedTlb()).isNull();
        assertThat(bare.memory().caches()).isEqualTo(MODEL.memory().caches());
        assertThat(bare.translation().firstLevelTlbs())
                .isEqualTo(MODEL.translation().firstLevelTlbs());
        ProcessorModel flat = MODEL.withoutDataCaches();
        assertThat(flat.memory().caches()).isEmpty();
        assertThat(flat.translation().walkCaches().nestedTlb()).isEqualTo(LRU);
        assertThat(flat.costs().exitCycles()).isEqualTo(6);
        ProcessorModel slow = MODEL.with(MODEL.costs().withAccessCycles(9));
        assertThat(slow.costs()).isEqualTo(new CostModel(2.5, 9, 5, 6));
        assertThat(slow.with(MODEL.costs())).isEqualTo(MODEL);
        TranslationModel translation = MODEL.translation();
        TranslationModel twoLevels = translation.withSecondLevelTlbs(translation.firstLevelTlbs());
        assertThat(twoLevels.secondLevelTlbs()).isEqualTo(translation.firstLevelTlbs());
        assertThat(twoLevels.withSecondLevelTlbs(List.of())).isEqualTo(translation);
        WalkCacheModel caches = translation.walkCaches();
        assertThat(caches.withNestedTlb(null).nestedTlb()).isNull();
        assertThat(caches.withNestedTlb(null).withNestedTlb(LRU)).isEqualTo(caches);
    }
}
