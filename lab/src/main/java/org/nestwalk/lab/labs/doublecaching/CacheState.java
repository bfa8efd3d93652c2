package org.nestwalk.lab.labs.doublecaching;

/// What the state of the world is before a guest reads a file.
///
/// @param guestCold whether its pages are not in the guest's page cache
/// @param hostCold whether they are not in the host's
/// @param fresh whether the guest's free frames have never been backed; otherwise they have been in
///   use before
record CacheState(boolean guestCold, boolean hostCold, boolean fresh) {
    /// Cells of the design.
    static final int COUNT = 8;

    /// Names of the factors, by bit.
    static final String[] FACTORS = {"guest cold", "host cold", "fresh frames"};

    static CacheState of(int number) {
        return new CacheState((number & 1) != 0, (number & 2) != 0, (number & 4) != 0);
    }

    /// The names of the factors of a term.
    static String term(int bits) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < FACTORS.length; i++) {
            if ((bits & 1 << i) != 0) {
                name.append(name.isEmpty() ? "" : " x ").append(FACTORS[i]);
            }
        }
        return name.toString();
    }
}
