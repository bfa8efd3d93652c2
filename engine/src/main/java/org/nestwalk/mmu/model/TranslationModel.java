package org.nestwalk.mmu.model;

import java.util.List;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A processor's address-translation hardware.
///
/// @param secondLevel the second-level table format it has
/// @param firstLevelTlbs looked up in order, all that serve the access; a miss in all is a
///   first-level miss
/// @param secondLevelTlbs looked up after a first-level miss; may be empty
/// @param walkCaches what shortens walks
/// @param walkers page walkers working in parallel; bounds walk throughput, not latency
public record TranslationModel(
        SecondLevelFormat secondLevel,
        List<TlbModel> firstLevelTlbs,
        List<TlbModel> secondLevelTlbs,
        WalkCacheModel walkCaches,
        int walkers) {
    /// Copies the lists.
    public TranslationModel {
        firstLevelTlbs = List.copyOf(firstLevelTlbs);
        secondLevelTlbs = List.copyOf(secondLevelTlbs);
    }

    /// The same with another second-level table format.
    public TranslationModel withSecondLevel(SecondLevelFormat format) {
        return new TranslationModel(format, firstLevelTlbs, secondLevelTlbs, walkCaches, walkers);
    }

    /// The same with other second-level TLBs.
    public TranslationModel withSecondLevelTlbs(List<TlbModel> tlbs) {
        return new TranslationModel(secondLevel, firstLevelTlbs, tlbs, walkCaches, walkers);
    }

    /// The same with other caches that shorten walks.
    public TranslationModel withWalkCaches(WalkCacheModel caches) {
        return new TranslationModel(secondLevel, firstLevelTlbs, secondLevelTlbs, caches, walkers);
    }
}
