package org.nestwalk.lab.labs.channel;

/// A bit about the victim that the time of its next walk depends on.
public enum Secret {
    /// Whether its memory is mapped by 2-MiB pages, and not by 4-KiB pages.
    PAGE_SIZE("2M pages or 4K"),
    /// Whether its last access was to the same 2-MiB region, so that the walk can begin at a cached
    /// entry of its last table but one (memory mapped by 4-KiB pages).
    REGION("same region as before, or another");

    private final String label;

    Secret(String label) {
        this.label = label;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }
}
