package org.nestwalk.paging;

/// Writes down the steps of a walk: `G4` is the reading of the guest's entry at level 4, `S1` that
/// of a second-level entry, `g4` and `s1` the setting of flags in them, and `(3` the beginning of
/// the second-level translation of the guest's entry at level 3, `(0` of the access itself.
final class Steps implements WalkVisitor {
    private final StringBuilder seen = new StringBuilder();
    int references;

    @Override
    public void reference(int dimension, int level, long hpa, long entry) {
        references++;
        add((dimension == GUEST ? "G" : "S") + level);
    }

    @Override
    public void flagUpdate(int dimension, int level, long hpa, long entry) {
        add((dimension == GUEST ? "g" : "s") + level);
    }

    @Override
    public void secondLevelBegins(long gpa, int guestLevel) {
        add("(" + guestLevel);
    }

    private void add(String step) {
        seen.append(seen.isEmpty() ? "" : " ").append(step);
    }

    @Override
    public String toString() {
        return seen.toString();
    }
}
