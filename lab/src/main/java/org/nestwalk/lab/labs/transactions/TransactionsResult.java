package org.nestwalk.lab.labs.transactions;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.transactions.TransactionSettings;

/// What aborted transactions, as far as it was finished.
///
/// @param machine the processor's name
/// @param program that ran as transactions of `settings`
/// @param settings how; cycles of XBEGIN, XEND and aborts are assumptions
/// @param lengths abort rate against length, with interrupts
/// @param fit the rate of interrupts that follows from them; null if they are too few
/// @param backing the program, with memory backed at the first touch and before
/// @param tracking written pages looked for meanwhile
/// @param capacity more and more lines of one set written
/// @param conflicts CPUs that share lines
public record TransactionsResult(
        String machine,
        String program,
        TransactionSettings settings,
        List<LengthSweep.Point> lengths,
        @Nullable ExponentialFit fit,
        List<BackingCases.Row> backing,
        List<TrackingCases.Row> tracking,
        List<CapacityCases.Row> capacity,
        List<ConflictCases.Row> conflicts) {
    /// Copies the lists.
    public TransactionsResult {
        lengths = List.copyOf(lengths);
        backing = List.copyOf(backing);
        tracking = List.copyOf(tracking);
        capacity = List.copyOf(capacity);
        conflicts = List.copyOf(conflicts);
    }
}
