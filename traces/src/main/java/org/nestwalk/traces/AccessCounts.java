package org.nestwalk.traces;

/// Accesses of a trace by kind.
///
/// @param loads data reads
/// @param stores data writes
/// @param fetches instruction fetches
/// @param modifies reads and writes of the same bytes by one instruction
/// @param threads how many threads made them
public record AccessCounts(long loads, long stores, long fetches, long modifies, int threads) {
    /// Loads, stores and modifies.
    public long data() {
        return loads + stores + modifies;
    }

    /// All accesses.
    public long total() {
        return data() + fetches;
    }
}
