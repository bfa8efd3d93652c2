package org.nestwalk.lab.migration.wire;

/// A side of a migration.
public enum Role {
    /// Has the guest, and gives it away.
    SOURCE("the source"),
    /// Gets it.
    TARGET("the target");

    private final String label;

    Role(String label) {
        this.label = label;
    }

    /// As sentences name it.
    String label() {
        return label;
    }

    /// The one that it talks to.
    Role other() {
        return this == SOURCE ? TARGET : SOURCE;
    }
}
