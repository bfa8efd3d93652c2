package org.nestwalk.lab.explain;

/// One step of a walk, or one that a cache made unnecessary.
public sealed interface WalkStep {
    /// An entry was read.
    ///
    /// @param number from 1
    /// @param entry as it was read
    /// @param cycles latency
    /// @param servedBy the cache that had it, or `memory`
    /// @param total cycles of the walk so far
    record Reference(int number, TableEntry entry, int cycles, String servedBy, long total)
            implements WalkStep {}

    /// An entry was not read, because a cache held what it says.
    ///
    /// @param entry as it is in memory
    /// @param by the cache
    record Skipped(TableEntry entry, WalkCache by) implements WalkStep {}

    /// Accessed or dirty flags were set.
    ///
    /// @param entry after the update
    /// @param before its value before
    /// @param cycles cost
    /// @param total cycles of the walk so far
    record FlagUpdate(TableEntry entry, long before, int cycles, long total) implements WalkStep {}

    /// A cache was looked up.
    ///
    /// @param cache the kind, and the level of what was found (0 for the nested TLB)
    /// @param forLevel as in [TableEntry], for caches of the second level
    /// @param found whether it held something of use
    /// @param cycles cost
    /// @param total cycles of the walk so far
    record Lookup(WalkCache cache, int forLevel, boolean found, int cycles, long total)
            implements WalkStep {}
}
