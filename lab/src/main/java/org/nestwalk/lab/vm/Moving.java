package org.nestwalk.lab.vm;

import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;

/// What moving pages costs a host.
public final class Moving {
    private Moving() {}

    /// Cycles of copying and of invalidating what other CPUs have cached.
    public static long cycles(Account account) {
        return account.cycles(Cost.HOST_COPYING) + account.cycles(Cost.HOST_SHOOTDOWN);
    }
}
