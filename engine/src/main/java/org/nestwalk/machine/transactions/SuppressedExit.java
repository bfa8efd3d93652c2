package org.nestwalk.machine.transactions;

/// What becomes of an exit that would have happened inside a transaction, and aborted it first.
///
/// The manual says of faults and traps that execution goes on as if they had never occurred (Intel
/// SDM volume 1, section 16.3.8.2), and does not name EPT violations there. Both readings are
/// offered. Exceptions of the guest are always [#DROPPED].
public enum SuppressedExit {
    /// Nothing: the hypervisor never hears of it, so that trying again fails again.
    DROPPED("dropped"),
    /// It happens after the abort, and is handled before the program goes on.
    DELIVERED("delivered");

    private final String label;

    SuppressedExit(String label) {
        this.label = label;
    }

    /// The name on the command line.
    public String label() {
        return label;
    }
}
