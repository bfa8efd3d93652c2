package org.nestwalk.lab.explain;

import org.nestwalk.bits.PagingEntry;
import org.nestwalk.paging.WalkVisitor;

/// An entry of a paging structure at its place in a walk.
///
/// @param dimension [WalkVisitor#GUEST] or [WalkVisitor#SECOND]
/// @param forLevel of a second-level entry: the level of the guest entry whose address is being
///   translated, or 0 for that of the access itself; of a guest entry: its own level
/// @param level level of the table it is in, 5 to 1
/// @param hpa host-physical address of the entry
/// @param gpa guest-physical address of a guest entry, [#NO_GPA] of any other
/// @param value the entry
public record TableEntry(int dimension, int forLevel, int level, long hpa, long gpa, long value) {
    /// The entry has no guest-physical address.
    public static final long NO_GPA = -1;

    /// Whether it belongs to the guest's (or the only) table.
    public boolean isGuest() {
        return dimension == WalkVisitor.GUEST;
    }

    /// Whether it maps a page.
    public boolean isLeaf() {
        return PagingEntry.isLeaf(value, level);
    }

    /// Where in a walk it is.
    public EntryPlace place() {
        return new EntryPlace(dimension, forLevel, level);
    }

    /// The same with another value.
    TableEntry withValue(long other) {
        return new TableEntry(dimension, forLevel, level, hpa, gpa, other);
    }

    /// Whether both are the same step of a walk, whatever the entry held at the time.
    boolean isSameStep(TableEntry other) {
        return dimension == other.dimension && forLevel == other.forLevel && level == other.level;
    }
}
