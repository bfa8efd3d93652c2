package org.nestwalk.lab;

import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.CostModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.MemoryModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.StructureCacheModel;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;
import org.nestwalk.mmu.model.TranslationModel;
import org.nestwalk.mmu.model.WalkCacheModel;

/// Machines made for tests: the TLBs of the yardstick, one latency for every reference, and
/// whatever walk caches a test asks for.
public final class TestMachines {
    /// The yardstick's three guest paging-structure caches.
    public static final List<StructureCacheModel> GUEST_CACHES =
            List.of(
                    new StructureCacheModel(2, new Geometry(32, 4, Replacement.LRU)),
                    new StructureCacheModel(3, new Geometry(8, 8, Replacement.LRU)),
                    new StructureCacheModel(4, new Geometry(4, 4, Replacement.LRU)));

    private TestMachines() {}

    public static ProcessorModel of(
            SecondLevelFormat format,
            List<StructureCacheModel> guest,
            List<StructureCacheModel> second,
            @Nullable Geometry nestedTlb) {
        EnumSet<PageSize> all = EnumSet.allOf(PageSize.class);
        Geometry first = new Geometry(64, 4, Replacement.LRU);
        return new ProcessorModel(
                "test",
                "for tests",
                new TranslationModel(
                        format,
                        List.of(
                                new TlbModel("L1D", Serves.DATA, all, first, 0),
                                new TlbModel("L1I", Serves.INSTRUCTION, all, first, 0)),
                        List.of(
                                new TlbModel(
                                        "L2",
                                        Serves.BOTH,
                                        all,
                                        new Geometry(1536, 12, Replacement.LRU),
                                        7)),
                        new WalkCacheModel(guest, second, nestedTlb, 0, 0),
                        2),
                new MemoryModel(List.of(), 100, false),
                new CostModel(1, 1, 0, 1000),
                null);
    }

    /// No walk caches.
    public static ProcessorModel plain() {
        return of(SecondLevelFormat.EPT, List.of(), List.of(), null);
    }

    /// The yardstick's machine.
    public static ProcessorModel yardstick() {
        return of(SecondLevelFormat.EPT, GUEST_CACHES, List.of(), null);
    }
}
