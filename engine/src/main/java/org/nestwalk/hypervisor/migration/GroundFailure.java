package org.nestwalk.hypervisor.migration;

/// A [MigrationGround] cannot go on: the other side is gone, or does not want the guest. Ends the
/// migration, which has failed.
public final class GroundFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /// @param reason in lower case, without a full stop
    public GroundFailure(String reason) {
        super(reason);
        this.reason = reason;
    }

    /// @param reason in lower case, without a full stop
    /// @param cause of it
    public GroundFailure(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    /// Why, in lower case, without a full stop.
    public String reason() {
        return reason;
    }
}
