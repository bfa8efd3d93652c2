package org.nestwalk.machine.simulated;

import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
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

/// Small processors for tests, whose structures keep translations for long.
public final class Processors {
    private Processors() {}

    /// With all caches of walks.
    public static ProcessorModel of(SecondLevelFormat format) {
        return of(format, lru(16, 4));
    }

    /// Without a nested TLB or second-level structure caches, so that known walks are repeated.
    static ProcessorModel withKnownWalks(SecondLevelFormat format) {
        return of(format, null);
    }

    private static ProcessorModel of(SecondLevelFormat format, @Nullable Geometry nestedTlb) {
        return Models.of(
                new TranslationModel(
                        format,
                        List.of(
                                tlb("L1D", Serves.DATA, lru(16, 4), 0),
                                tlb("L1I", Serves.INSTRUCTION, lru(16, 4), 0)),
                        List.of(tlb("L2", Serves.BOTH, lru(64, 4), 7)),
                        new WalkCacheModel(
                                structureCaches(),
                                nestedTlb == null ? List.of() : structureCaches(),
                                nestedTlb,
                                1,
                                3),
                        1),
                new MemoryModel(List.of(), 100, false),
                new CostModel(1, 0, 50, 1500));
    }

    private static List<StructureCacheModel> structureCaches() {
        return List.of(
                new StructureCacheModel(4, lru(4, 4)),
                new StructureCacheModel(3, lru(4, 4)),
                new StructureCacheModel(2, lru(8, 4)));
    }

    private static TlbModel tlb(String name, Serves serves, Geometry geometry, int cycles) {
        return new TlbModel(name, serves, EnumSet.allOf(PageSize.class), geometry, cycles);
    }

    private static Geometry lru(int entries, int ways) {
        return new Geometry(entries, ways, Replacement.LRU);
    }
}
