package org.nestwalk.lab.snapshot;

/// When memory is loaded.
public enum RestoreMethod {
    /// All of it before the guest goes on.
    EAGER("eager"),
    /// Each page when it is touched.
    LAZY("lazy"),
    /// Pages that the last lazy restore needed before the guest goes on, the others when they are
    /// touched.
    WORKING_SET("working-set");

    private final String label;

    RestoreMethod(String label) {
        this.label = label;
    }

    /// What people write.
    public String label() {
        return label;
    }
}
