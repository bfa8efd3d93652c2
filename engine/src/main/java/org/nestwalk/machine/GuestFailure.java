package org.nestwalk.machine;

/// The guest cannot go on: becomes the [VmExit.Failure] that ends [VirtualCpu#run].
public final class GuestFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final VmExit.Cause cause;

    /// A failure.
    ///
    /// @param message one sentence for the user
    public GuestFailure(VmExit.Cause cause, String message) {
        super(message, null, false, false);
        this.cause = cause;
    }

    /// Its kind.
    public VmExit.Failure failure() {
        return new VmExit.Failure(cause, String.valueOf(getMessage()));
    }
}
