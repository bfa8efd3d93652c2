package org.nestwalk.storage;

/// Something that a file cannot give or take. Whoever asked decides what becomes of it.
public final class StorageFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// What is wrong.
    public enum Kind {
        /// There is no page there: the file has gone, or is shorter (SIGBUS, or a short read).
        BEYOND_END,
        /// The disk has no room (ENOSPC).
        NO_SPACE,
        /// There is no memory for a page of a cache (ENOMEM).
        NO_MEMORY
    }

    private final Kind kind;

    /// @param message one sentence for the user
    public StorageFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /// What is wrong.
    public Kind kind() {
        return kind;
    }
}
