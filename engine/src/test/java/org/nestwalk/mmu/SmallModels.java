package org.nestwalk.mmu;

import java.util.EnumSet;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.SmallMachine.Surroundings;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.CostModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.Models;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.StructureCacheModel;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;
import org.nestwalk.mmu.model.TranslationModel;
import org.nestwalk.mmu.model.WalkCacheModel;

/// The processors of [SmallMachine].
public final class SmallModels {
    private SmallModels() {}

    static ProcessorModel model(Surroundings surroundings) {
        boolean all = surroundings == Surroundings.ALL_CACHES;
        boolean bare = surroundings == Surroundings.NOTHING;
        boolean second = all || surroundings == Surroundings.SECOND_CACHES;
        boolean nested = all || surroundings == Surroundings.NESTED_TLB;
        boolean data = all || surroundings == Surroundings.DATA_CACHE;
        return Models.of(
                new TranslationModel(
                        SecondLevelFormat.EPT,
                        List.of(
                                tlb("L1D", Serves.DATA, 4, 2),
                                tlb("L1I", Serves.INSTRUCTION, 4, 2)),
                        List.of(tlb("L2", Serves.BOTH, 16, 4)),
                        new WalkCacheModel(
                                bare ? List.of() : structureCaches(),
                                second ? structureCaches() : List.of(),
                                nested ? lru(8, 4) : null,
                                1,
                                3),
                        1),
                new MemoryModel(
                        data ? List.of(new CacheModel("L1", lru(32, 4), 4)) : List.of(),
                        100,
                        false),
                new CostModel(1, 0, 50, 0));
    }

    public static TlbModel tlb(String name, Serves serves, int entries, int ways) {
        return new TlbModel(
                name, serves, EnumSet.allOf(PageSize.class), lru(entries, ways), ways == 4 ? 7 : 0);
    }

    private static List<StructureCacheModel> structureCaches() {
        return List.of(
                new StructureCacheModel(2, lru(8, 4)),
                new StructureCacheModel(3, lru(2, 2)),
                new StructureCacheModel(4, lru(2, 2)));
    }

    private static Geometry lru(int entries, int ways) {
        return new Geometry(entries, ways, Replacement.LRU);
    }
}
