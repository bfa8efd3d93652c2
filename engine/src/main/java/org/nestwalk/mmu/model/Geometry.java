package org.nestwalk.mmu.model;

/// The shape of a set-associative structure.
///
/// @param entries number of entries, at least 1
/// @param ways entries per set, from 1 to `entries` and dividing it; equal to `entries` for a fully
///   associative structure. Any number of sets is allowed, not only powers of two
/// @param replacement which way of a full set is replaced
public record Geometry(int entries, int ways, Replacement replacement) {
    /// Checks the bounds above.
    public Geometry {
        if (entries < 1 || ways < 1 || entries % ways != 0) {
            throw new IllegalArgumentException(entries + " entries cannot have " + ways + " ways");
        }
    }

    /// Number of sets.
    public int sets() {
        return entries / ways;
    }
}
