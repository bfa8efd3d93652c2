package org.nestwalk.machine.simulated.host;

import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.VirtualCpu;

/// Who pays for what is done alone ([World]), and which CPU it serves: one account at a time, that
/// of the CPU that is served, or a background one.
///
/// Used alone.
public final class Ledger {
    private Account charged = new Account();
    private @Nullable VirtualCpu served;

    /// That charges nobody yet.
    public Ledger() {}

    /// Does `work` for `cpu`, or for nobody's CPU and at the cost of `account`.
    public void serve(@Nullable VirtualCpu cpu, Account account, Runnable work) {
        Account payer = charged;
        VirtualCpu before = served;
        charged = account;
        served = cpu;
        try {
            work.run();
        } finally {
            charged = payer;
            served = before;
        }
    }

    /// Charges whoever is served.
    public void charge(Cost cost, long cycles) {
        charged.spend(cost, cycles);
    }

    /// The CPU that is served, or null.
    public @Nullable VirtualCpu served() {
        return served;
    }
}
