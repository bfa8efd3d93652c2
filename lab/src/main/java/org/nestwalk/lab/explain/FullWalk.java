package org.nestwalk.lab.explain;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.paging.WalkVisitor;

/// Collects the entries of a walk from the root, in order.
final class FullWalk implements WalkVisitor {
    private final List<TableEntry> entries = new ArrayList<>();
    private final boolean twoDimensional;
    private int forLevel;
    private long forGpa;

    /// Collects a walk; `twoDimensional` says whether guest-physical addresses mean something.
    FullWalk(boolean twoDimensional) {
        this.twoDimensional = twoDimensional;
    }

    List<TableEntry> entries() {
        return entries;
    }

    @Override
    public void secondLevelBegins(long gpa, int guestLevel) {
        forLevel = guestLevel;
        forGpa = gpa;
    }

    @Override
    public void reference(int dimension, int level, long hpa, long entry) {
        boolean guest = dimension == GUEST;
        long gpa = guest && twoDimensional ? forGpa : TableEntry.NO_GPA;
        entries.add(new TableEntry(dimension, guest ? level : forLevel, level, hpa, gpa, entry));
    }
}
