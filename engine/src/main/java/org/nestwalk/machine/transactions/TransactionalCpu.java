package org.nestwalk.machine.transactions;

/// A virtual CPU's transactional memory, instruction by instruction: restricted transactional
/// memory of Intel's TSX (SDM volume 1, chapter 16).
///
/// All CPUs of a virtual machine that use it are driven by one thread, in any order of calls.
/// Conflicts are found at the access that causes them, and the transaction that held the line first
/// is aborted, as invalidations from other caches do it.
public interface TransactionalCpu {
    /// Transactions inside each other, the outermost included, before one more aborts all
    /// (assumption: MAX_RTM_NEST_COUNT is not published).
    int DEEPEST = 7;

    /// XBEGIN: begins a transaction, or one inside it.
    void begin();

    /// XEND: ends the innermost transaction, and commits if it was the outermost.
    ///
    /// @return false if that aborted instead
    /// @throws IllegalStateException outside transactions, where it is a general protection fault
    boolean end();

    /// XABORT: aborts; nothing outside transactions.
    ///
    /// @param argument 0 to 255
    void abort(int argument);

    /// XTEST: whether a transaction is under way. It may have been aborted by another CPU.
    boolean isActive();

    /// EAX after the last abort, see [AbortStatus]; 0 before the first.
    int status();

    /// Makes one access ([org.nestwalk.bits.Access]) of the CPU's program in user mode; outside
    /// transactions with all that its faults take.
    ///
    /// @return false if it aborted the transaction instead
    /// @throws org.nestwalk.machine.GuestFailure if it cannot be made
    /// @throws org.nestwalk.machine.UnhandledExit if an exit is not handled
    boolean access(long access);

    /// Another CPU stored to a line that this one's transaction has read: aborts it, if there is
    /// one.
    void loseConflict();

    /// Cycles of the CPU so far, all included; for choosing whose turn it is.
    long cycles();

    /// The outcomes of its transactions so far; goes on counting.
    TransactionCounts counts();
}
