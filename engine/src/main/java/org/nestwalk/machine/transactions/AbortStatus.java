package org.nestwalk.machine.transactions;

/// What EAX holds after an abort: static functions on that word.
///
/// ```text
///  31              24 23                     6  5   4   3   2   1   0
/// +------------------+------------------------+---+---+---+---+---+---+
/// | XABORT argument  |           0            | N | D | O | C | R | E |
/// +------------------+------------------------+---+---+---+---+---+---+
/// ```
///
/// All bits may be clear: an interrupt, an exception, or what would have been an exit has no bit.
/// Source: Intel SDM volume 1, section 16.3.5, table 16-1.
public final class AbortStatus {
    /// E: XABORT was executed; bits 31:24 are its argument.
    public static final int EXPLICIT = 1;

    /// R: it may succeed if it is tried again. Clear if [#EXPLICIT] is set.
    public static final int RETRY = 1 << 1;

    /// C: another processor touched a line of the transaction.
    public static final int CONFLICT = 1 << 2;

    /// O: the lines of the transaction did not fit.
    public static final int CAPACITY = 1 << 3;

    /// D: a debug breakpoint was hit. Nothing in this machine sets it: it has no debug registers.
    public static final int DEBUG = 1 << 4;

    /// N: a nested transaction was under way.
    public static final int NESTED = 1 << 5;

    private static final int ARGUMENT_SHIFT = 24;
    private static final int MOST_ARGUMENT = 255;

    private AbortStatus() {}

    /// The status after XABORT.
    ///
    /// @param argument 0 to 255
    /// @throws IllegalArgumentException if it is none
    public static int explicit(int argument) {
        if (argument < 0 || argument > MOST_ARGUMENT) {
            throw new IllegalArgumentException("XABORT takes 0 to 255, not " + argument);
        }
        return argument << ARGUMENT_SHIFT | EXPLICIT;
    }

    /// The argument of XABORT; meaningless unless [#EXPLICIT] is set.
    public static int argument(int status) {
        return status >>> ARGUMENT_SHIFT;
    }
}
