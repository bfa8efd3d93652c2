package org.nestwalk.machine.transactions;

import org.nestwalk.InputException;

/// How the CPUs of a virtual machine run programs as transactions.
///
/// @param length accesses of a transaction, 1 to 16,384; the last one before a program's block or
///   turn ends may be shorter
/// @param retries how often an aborted transaction is tried again before its accesses are made
///   under a lock, 0 to 1,000,000
/// @param interruptRate interrupts per cycle, 0 to 0.01, at exponentially distributed distances
/// @param suppressed what becomes of exits that abort
/// @param beginCycles of XBEGIN, 0 to 100,000
/// @param commitCycles of XEND, likewise
/// @param abortCycles of an abort and the way to its handler, likewise
/// @param seed of the interrupts
public record TransactionSettings(
        int length,
        int retries,
        double interruptRate,
        SuppressedExit suppressed,
        int beginCycles,
        int commitCycles,
        int abortCycles,
        long seed) {
    /// The largest length: as much as a guest's kernel runs at once.
    public static final int LONGEST = 1 << 14;

    /// The most retries.
    public static final int MOST_RETRIES = 1_000_000;

    private static final double HIGHEST_RATE = 0.01;
    private static final int MOST_CYCLES = 100_000;

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public TransactionSettings {
        check("transaction length", length, 1, LONGEST);
        check("retries", retries, 0, MOST_RETRIES);
        check("cycles of XBEGIN", beginCycles, 0, MOST_CYCLES);
        check("cycles of XEND", commitCycles, 0, MOST_CYCLES);
        check("cycles of an abort", abortCycles, 0, MOST_CYCLES);
        if (!(interruptRate >= 0 && interruptRate <= HIGHEST_RATE)) {
            throw new InputException(
                    "interrupts per cycle: %s is not 0 to %s"
                            .formatted(interruptRate, HIGHEST_RATE));
        }
    }

    /// Transactions of `length` that are tried again `retries` times, without interrupts;
    /// violations are dropped.
    ///
    /// Cycles of XBEGIN, XEND and an abort are assumptions: orders of magnitude, as Intel publishes
    /// none.
    public static TransactionSettings of(int length, int retries) {
        return new TransactionSettings(length, retries, 0, SuppressedExit.DROPPED, 20, 20, 150, 1);
    }

    /// The same with interrupts, drawn by `seed`.
    public TransactionSettings withInterrupts(double rate, long seed) {
        return new TransactionSettings(
                length, retries, rate, suppressed, beginCycles, commitCycles, abortCycles, seed);
    }

    /// The same with exits that are dropped or delivered.
    public TransactionSettings with(SuppressedExit other) {
        return new TransactionSettings(
                length,
                retries,
                interruptRate,
                other,
                beginCycles,
                commitCycles,
                abortCycles,
                seed);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InputException(
                    "%s: %,d is not %,d to %,d".formatted(name, value, least, most));
        }
    }
}
