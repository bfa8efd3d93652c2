package org.nestwalk.mmu.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A processor, as parameters.
///
/// Its time is that of translation and of data access, not of whole programs. With an
/// [OverlapModel] it has several accesses under way at once; without one it is a blocking machine,
/// which makes them one after the other.
///
/// @param name how users call it
/// @param description one line
/// @param translation its address-translation hardware
/// @param memory behind it, with the caches in front
/// @param costs of its work
/// @param overlap how much is under way at once; null on a blocking machine
public record ProcessorModel(
        String name,
        String description,
        TranslationModel translation,
        MemoryModel memory,
        CostModel costs,
        @Nullable OverlapModel overlap) {

    /// The second-level table format of a processor.
    public enum SecondLevelFormat {
        /// Intel extended page tables, without accessed and dirty flags.
        EPT,
        /// Intel extended page tables with accessed and dirty flags enabled (EPTP bit 6).
        EPT_AD,
        /// AMD nested page tables.
        NPT
    }

    private ProcessorModel with(
            TranslationModel otherTranslation, MemoryModel otherMemory, CostModel otherCosts) {
        return new ProcessorModel(
                name, description, otherTranslation, otherMemory, otherCosts, overlap);
    }

    /// This processor with other address-translation hardware.
    public ProcessorModel with(TranslationModel other) {
        return with(other, memory, costs);
    }

    /// This machine with another memory.
    public ProcessorModel with(MemoryModel other) {
        return with(translation, other, costs);
    }

    /// This processor with other costs.
    public ProcessorModel with(CostModel other) {
        return with(translation, memory, other);
    }

    /// This machine with another overlap; null for a blocking one.
    public ProcessorModel withOverlap(@Nullable OverlapModel other) {
        return new ProcessorModel(name, description, translation, memory, costs, other);
    }

    /// This machine with another second-level table format.
    public ProcessorModel withSecondLevel(SecondLevelFormat format) {
        return with(translation.withSecondLevel(format));
    }

    /// This machine without the caches that shorten walks: no paging-structure caches, no nested
    /// TLB and no page walk cache.
    public ProcessorModel withoutWalkCaches() {
        return with(translation.withWalkCaches(WalkCacheModel.NONE))
                .with(memory.withPageWalkCache(null));
    }

    /// This machine with nothing cached of second-level tables: neither their entries nor, in a
    /// nested TLB, what they translate.
    public ProcessorModel withoutNestedCaches() {
        WalkCacheModel all = translation.walkCaches();
        PageWalkCacheModel entries = memory.pageWalkCache();
        return with(translation.withWalkCaches(
                        new WalkCacheModel(
                                all.guestStructureCaches(),
                                List.of(),
                                null,
                                all.structureCacheCycles(),
                                all.nestedTlbCycles())))
                .with(memory.withPageWalkCache(entries == null ? null : entries.ofGuest()));
    }

    /// This machine without data caches: every reference is one to memory.
    public ProcessorModel withoutDataCaches() {
        return with(memory.withCaches(List.of()));
    }
}
