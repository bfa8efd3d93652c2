package org.nestwalk.report.walk;

import org.nestwalk.lab.explain.WalkCache;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.lab.explain.WalkStep;

/// A look-up of a cache that shortens walks; the components are the fields of its JSON form.
///
/// @param cache `nested TLB`, `paging-structure caches` or `EPT paging-structure caches`
/// @param purpose what was being translated
/// @param found what it held, or `miss`
/// @param latency cycles
/// @param total cycles of the walk so far
public record LookupListing(String cache, String purpose, String found, int latency, long total) {
    static LookupListing of(WalkStep.Lookup step, WalkMode mode) {
        WalkCache cache = step.cache();
        String name =
                switch (cache.kind()) {
                    case GUEST_STRUCTURE -> "paging-structure caches";
                    case SECOND_STRUCTURE -> EntryNames.second(mode) + " paging-structure caches";
                    case NESTED_TLB -> "nested TLB";
                };
        String purpose =
                cache.kind() == WalkCache.Kind.GUEST_STRUCTURE
                        ? "linear address"
                        : EntryNames.target(step.forLevel());
        String found =
                !step.found()
                        ? "miss"
                        : cache.kind() == WalkCache.Kind.NESTED_TLB
                                ? "hit"
                                : "hit in " + EntryNames.cache(cache, mode);
        return new LookupListing(name, purpose, found, step.cycles(), step.total());
    }
}
