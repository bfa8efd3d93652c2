package org.nestwalk.machine;

/// What exits and software have cost, in cycles: an account beside that of translation
/// ([org.nestwalk.mmu.count.MmuCounts]).
///
/// Cycles of an exit are charged to the exit's reason as well as to what they were spent on, so
/// that both sums, over reasons and over costs, can be shown; they are not to be added to each
/// other.
@SuppressWarnings("EnumOrdinal") // indices of arrays that live no longer than this object
public final class Account {
    private final long[] cycles = new long[Cost.values().length];
    private final long[] exits = new long[ExitReason.values().length];
    private final long[] exitCycles = new long[ExitReason.values().length];

    /// An account at zero.
    public Account() {}

    /// Charges `amount` cycles.
    public void spend(Cost cost, long amount) {
        cycles[cost.ordinal()] += amount;
    }

    /// Counts an exit that took `amount` cycles, which have been spent.
    public void countExit(ExitReason reason, long amount) {
        countExits(reason, 1, amount);
    }

    /// Counts exits that took `amount` cycles together, which have been spent.
    public void countExits(ExitReason reason, long count, long amount) {
        exits[reason.ordinal()] += count;
        exitCycles[reason.ordinal()] += amount;
    }

    /// Cycles spent on `cost`.
    public long cycles(Cost cost) {
        return cycles[cost.ordinal()];
    }

    /// All cycles.
    public long cycles() {
        long sum = 0;
        for (long amount : cycles) {
            sum += amount;
        }
        return sum;
    }

    /// Exits for `reason`.
    public long exits(ExitReason reason) {
        return exits[reason.ordinal()];
    }

    /// Cycles that exits for `reason` took.
    public long exitCycles(ExitReason reason) {
        return exitCycles[reason.ordinal()];
    }

    /// All exits.
    public long exits() {
        long sum = 0;
        for (long count : exits) {
            sum += count;
        }
        return sum;
    }

    /// Adds another account to this one.
    public void add(Account other) {
        add(other, 1);
    }

    /// This account less an `earlier` one.
    public Account since(Account earlier) {
        Account difference = new Account();
        difference.add(this);
        difference.add(earlier, -1);
        return difference;
    }

    private void add(Account other, int sign) {
        add(cycles, other.cycles, sign);
        add(exits, other.exits, sign);
        add(exitCycles, other.exitCycles, sign);
    }

    private static void add(long[] to, long[] from, int sign) {
        for (int i = 0; i < to.length; i++) {
            to[i] += sign * from[i];
        }
    }
}
