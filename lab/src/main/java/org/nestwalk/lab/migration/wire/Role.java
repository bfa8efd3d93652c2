package org.nestwalk.lab.migration.wire;

/// A side of a migration.
public enum Role {
    /// Has the guest, and gives it away.
    SOURCE(0, "the source"),
    /// Gets it.
    TARGET(1, "the target");

    private final int code;
    private final String label;

    Role(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// As sentences name it.
    String label() {
        return label;
    }

    /// Its number on the wire.
    int code() {
        return code;
    }

    /// The one that it talks to.
    Role other() {
        return this == SOURCE ? TARGET : SOURCE;
    }
}
