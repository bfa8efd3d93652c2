package org.nestwalk.hypervisor.migration.live;

/// Nothing more comes over a wire: the other side is gone, or has said what is no message.
public final class BrokenWireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param message what has happened, a sentence without its full stop
    public BrokenWireException(String message) {
        super(message);
    }

    /// @param message what has happened, a sentence without its full stop
    /// @param cause of it
    public BrokenWireException(String message, Throwable cause) {
        super(message, cause);
    }
}
