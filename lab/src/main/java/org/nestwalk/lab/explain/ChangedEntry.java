package org.nestwalk.lab.explain;

/// An entry that was changed before the walk.
///
/// @param entry as it is now
/// @param before as it was
/// @param change what was asked for, as the user wrote it
public record ChangedEntry(TableEntry entry, long before, String change) {}
