package org.nestwalk.machine.transactions;

/// Why a transaction was aborted, as counted; [#status] is what the program hears of it.
///
/// Where the manual leaves bits open, that is, for interrupts, exceptions and suppressed exits,
/// they are clear, so that the program is not advised to try again (assumption).
public enum AbortCause {
    /// XABORT.
    EXPLICIT("XABORT", AbortStatus.EXPLICIT),
    /// Another CPU touched a line of it, or took the lock that its transactions elide.
    CONFLICT("conflict", AbortStatus.CONFLICT | AbortStatus.RETRY),
    /// A set of the cache that keeps its lines had no way left.
    CAPACITY("capacity", AbortStatus.CAPACITY),
    /// An interrupt, also one that asks to forget translations.
    INTERRUPT("interrupt", 0),
    /// An exception of the guest, such as a page fault.
    EXCEPTION("exception", 0),
    /// Instead of an exit: the second level refused an access.
    VIOLATION("second-level violation", 0),
    /// Instead of an exit: a second-level entry was ill-formed.
    MISCONFIGURATION("second-level misconfiguration", 0),
    /// Instead of an exit: the page-modification log was full.
    LOG_FULL("log full", 0);

    private final String label;
    private final int status;

    AbortCause(String label, int status) {
        this.label = label;
        this.status = status;
    }

    /// The name in reports.
    public String label() {
        return label;
    }

    /// Bits of [AbortStatus] that it sets.
    public int status() {
        return status;
    }
}
