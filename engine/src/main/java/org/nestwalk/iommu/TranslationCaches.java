package org.nestwalk.iommu;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.StructureCacheModel;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.InvalidationScope.Extent;
import org.nestwalk.mmu.tlb.MappingKind;
import org.nestwalk.mmu.tlb.NestedTlb;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.WalkCaches;

/// What a unit remembers of tables: the IOTLB, and the paging-structure caches of both stages.
///
/// Entries belong to a domain; those of the first stage, alone or nested, to a PASID too. Contexts
/// are those of processors' TLBs: the domain is the VPID, the stage the PCID, and the PASID takes
/// the place of the EP4TA. Source: VT-d specification, section 6.2.
final class TranslationCaches {
    /// Entries of the second stage alone; those of no PASID in particular.
    static final int SECOND = 0;

    /// Entries of the first stage alone.
    static final int FIRST = 1;

    /// Entries of both stages together.
    static final int NESTED = 2;

    private static final int ANY = InvalidationScope.ANY;
    private static final long PAGE = 4096;
    private static final Set<MappingKind> KINDS = Set.of(MappingKind.COMBINED);

    private final TranslationContexts contexts = new TranslationContexts();
    private final NestedTlb iotlb;
    private final List<InvalidationTarget> all;
    private final StructureCache first;
    private final StructureCache second;

    private interface InvalidationTarget {
        void invalidate(InvalidationScope scope);
    }

    TranslationCaches(UnitSettings settings) {
        this.iotlb = new NestedTlb(settings.iotlb(), contexts, 1);
        Geometry geometry =
                new Geometry(settings.structures(), settings.structures(), Replacement.LRU);
        this.first = new StructureCache(geometry, contexts);
        this.second = new StructureCache(geometry, contexts);
        this.all = List.of(iotlb::invalidate, first::invalidate, second::invalidate);
    }

    /// The context of a domain's entries.
    ///
    /// @param stage [#SECOND], [#FIRST] or [#NESTED]
    /// @param pasid 0 with [#SECOND]
    int context(int domain, int stage, int pasid) {
        return contexts.of(domain, stage, pasid);
    }

    /// The translation of `address` in the IOTLB, or 0.
    long lookup(long address, int context) {
        return iotlb.lookup(address, context);
    }

    /// As [#lookup], leaving no trace.
    long peek(long address, int context) {
        return iotlb.peek(address, context);
    }

    /// Puts a translation into the IOTLB, in place of one that is there.
    void fill(long address, int context, long translation) {
        if (!iotlb.update(address, context, translation)) {
            iotlb.fill(address, context, translation);
        }
    }

    /// The structure caches for walks of one address space.
    ///
    /// @param firstContext of the first stage's tables, alone or nested
    /// @param secondContext of the second stage's
    WalkCaches forWalks(int firstContext, int secondContext) {
        return new StageCaches(first, second, firstContext, secondContext);
    }

    /// Everything.
    void invalidateAll() {
        invalidate(new InvalidationScope(KINDS, ANY, ANY, ANY, true, Extent.ALL, 0));
    }

    /// Everything of a domain.
    void invalidateDomain(int domain) {
        invalidate(domain(domain, ANY, ANY, Extent.ALL, 0));
    }

    /// What a domain has of a range of its second stage: entries of that stage for these pages, and
    /// all that is nested, because nobody knows which of them go through it.
    ///
    /// @param structures whether entries of tables are affected, too
    void invalidatePages(int domain, long address, long bytes, boolean structures) {
        for (long page = address; page < address + bytes; page += PAGE) {
            InvalidationScope scope = domain(domain, SECOND, ANY, Extent.ADDRESS, page);
            iotlb.invalidate(scope);
            if (structures) {
                second.invalidate(scope);
            }
        }
        InvalidationScope nested = domain(domain, NESTED, ANY, Extent.ALL, 0);
        iotlb.invalidate(nested);
        first.invalidate(nested);
    }

    /// Everything of a PASID's first stage.
    void invalidatePasid(int domain, int pasid) {
        invalidate(domain(domain, FIRST, pasid, Extent.ALL, 0));
        invalidate(domain(domain, NESTED, pasid, Extent.ALL, 0));
    }

    /// What a PASID's first stage has of a range.
    ///
    /// @param structures whether entries of tables are affected, too
    void invalidatePasidPages(int domain, int pasid, long address, long bytes, boolean structures) {
        for (long page = address; page < address + bytes; page += PAGE) {
            for (int stage = FIRST; stage <= NESTED; stage++) {
                InvalidationScope scope = domain(domain, stage, pasid, Extent.ADDRESS, page);
                iotlb.invalidate(scope);
                if (structures) {
                    first.invalidate(scope);
                }
            }
        }
    }

    private void invalidate(InvalidationScope scope) {
        all.forEach(target -> target.invalidate(scope));
    }

    private static InvalidationScope domain(
            int domain, int stage, long pasid, Extent extent, long address) {
        return new InvalidationScope(KINDS, domain, stage, pasid, false, extent, address);
    }

    /// Models of a cache for each level.
    static List<StructureCacheModel> models(Geometry geometry) {
        List<StructureCacheModel> models = new ArrayList<>();
        for (int level = 2; level <= 5; level++) {
            models.add(new StructureCacheModel(level, geometry));
        }
        return models;
    }
}
