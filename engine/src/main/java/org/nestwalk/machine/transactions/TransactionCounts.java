package org.nestwalk.machine.transactions;

/// The outcomes of a CPU's transactions.
@SuppressWarnings("EnumOrdinal") // index of an array that lives no longer than this object
public final class TransactionCounts {
    /// Attempts: every XBEGIN that was not nested.
    public long attempts;

    /// Attempts that committed.
    public long commits;

    /// Transactions of the program, however many attempts they took.
    public long transactions;

    /// Transactions whose first attempt was aborted.
    public long abortedFirst;

    /// Transactions that were made under the lock in the end.
    public long fallbacks;

    /// Cycles of attempts that committed, from XBEGIN to XEND.
    public long committedCycles;

    /// Cycles of attempts that were aborted, with the abort.
    public long wastedCycles;

    /// Cycles of XBEGIN, XEND and aborts, part of both above.
    public long overheadCycles;

    private final long[] aborts = new long[AbortCause.values().length];

    /// An account at zero.
    public TransactionCounts() {}

    /// Aborts for `cause`.
    public long aborts(AbortCause cause) {
        return aborts[cause.ordinal()];
    }

    /// All aborts.
    public long aborts() {
        return attempts - commits;
    }

    /// Counts an abort.
    public void countAbort(AbortCause cause) {
        aborts[cause.ordinal()]++;
    }

    /// Aborts by attempt; 0 if there was none.
    public double abortRate() {
        return attempts == 0 ? 0 : (double) aborts() / attempts;
    }

    /// A copy.
    public TransactionCounts copy() {
        TransactionCounts copy = new TransactionCounts();
        copy.add(this, 1);
        return copy;
    }

    /// This account less an `earlier` one.
    public TransactionCounts since(TransactionCounts earlier) {
        TransactionCounts difference = copy();
        difference.add(earlier, -1);
        return difference;
    }

    /// Adds another account to this one.
    public void add(TransactionCounts other) {
        add(other, 1);
    }

    private void add(TransactionCounts other, int sign) {
        attempts += sign * other.attempts;
        commits += sign * other.commits;
        transactions += sign * other.transactions;
        abortedFirst += sign * other.abortedFirst;
        fallbacks += sign * other.fallbacks;
        committedCycles += sign * other.committedCycles;
        wastedCycles += sign * other.wastedCycles;
        overheadCycles += sign * other.overheadCycles;
        for (int i = 0; i < aborts.length; i++) {
            aborts[i] += sign * other.aborts[i];
        }
    }
}
