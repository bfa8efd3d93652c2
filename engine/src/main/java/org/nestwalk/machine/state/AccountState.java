package org.nestwalk.machine.state;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;

/// What an [Account] held at some time. What is not named is zero.
///
/// @param cycles by what they were spent on, of the clock of the machine that charged them
/// @param exits by reason
/// @param exitCycles by the reason of the exit that took them
public record AccountState(
        Map<Cost, Long> cycles, Map<ExitReason, Long> exits, Map<ExitReason, Long> exitCycles) {

    /// Copies the maps, in the order of their keys, so that the same state is the same bytes.
    public AccountState {
        cycles = Collections.unmodifiableMap(new TreeMap<>(cycles));
        exits = Collections.unmodifiableMap(new TreeMap<>(exits));
        exitCycles = Collections.unmodifiableMap(new TreeMap<>(exitCycles));
    }

    /// What `account` holds now.
    public static AccountState of(Account account) {
        Map<Cost, Long> cycles = new EnumMap<>(Cost.class);
        for (Cost cost : Cost.values()) {
            if (account.cycles(cost) != 0) {
                cycles.put(cost, account.cycles(cost));
            }
        }
        Map<ExitReason, Long> exits = new EnumMap<>(ExitReason.class);
        Map<ExitReason, Long> exitCycles = new EnumMap<>(ExitReason.class);
        for (ExitReason reason : ExitReason.values()) {
            if (account.exits(reason) != 0) {
                exits.put(reason, account.exits(reason));
                exitCycles.put(reason, account.exitCycles(reason));
            }
        }
        return new AccountState(cycles, exits, exitCycles);
    }

    /// An account that holds it.
    public Account account() {
        Account account = new Account();
        cycles.forEach(account::spend);
        exits.forEach((reason, count) ->
                account.countExits(reason, count, exitCycles.getOrDefault(reason, 0L)));
        return account;
    }
}
