package org.nestwalk.mmu.model;

import java.util.Set;
import org.nestwalk.bits.PageSize;

/// One TLB structure of a processor.
///
/// @param name what to call it in reports, for example `L1D 4K`
/// @param serves which accesses look it up
/// @param sizes page sizes whose translations it holds, at least one
/// @param geometry its shape
/// @param hitCycles cycles added to an access that is served by it: 0 for a first level that works
///   in parallel with the cache, and the additional latency for a second level
public record TlbModel(
        String name, Serves serves, Set<PageSize> sizes, Geometry geometry, int hitCycles) {

    /// The kinds of access that a TLB serves.
    public enum Serves {
        /// Loads and stores.
        DATA,
        /// Instruction fetches.
        INSTRUCTION,
        /// Both (a unified TLB).
        BOTH
    }

    /// Copies the set.
    public TlbModel {
        sizes = Set.copyOf(sizes);
        if (sizes.isEmpty()) {
            throw new IllegalArgumentException(name + " holds no page size");
        }
    }
}
