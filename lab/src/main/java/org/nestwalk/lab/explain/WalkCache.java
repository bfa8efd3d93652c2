package org.nestwalk.lab.explain;

/// A cache that shortens walks.
///
/// @param kind which
/// @param level level of the entry that a paging-structure cache keeps, 2 to 5; otherwise 0
public record WalkCache(Kind kind, int level) {
    /// The caches there are.
    public enum Kind {
        /// Entries of the guest's (or the only) table.
        GUEST_STRUCTURE,
        /// Entries of the second-level table.
        SECOND_STRUCTURE,
        /// Second-level translations.
        NESTED_TLB
    }
}
