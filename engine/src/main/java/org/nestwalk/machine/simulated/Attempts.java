package org.nestwalk.machine.simulated;

import java.util.function.Supplier;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit;

/// How often one access may fail before it is made. A part of the hypervisor that takes an exit and
/// does nothing about it would be asked for ever.
final class Attempts {
    private static final int MOST = 10_000;

    private Attempts() {}

    /// Gives up if an access has failed too often.
    ///
    /// @param failed how often it has failed
    /// @param what happens to it, for the message
    /// @throws GuestFailure if it may not be tried again
    static void check(int failed, Supplier<String> what) {
        if (failed > MOST) {
            throw new GuestFailure(
                    VmExit.Cause.UNHANDLED_EXIT,
                    "%s, again and again, whatever is done about it".formatted(what.get()));
        }
    }

    /// As [#check(int, Supplier)], of an access by guest-physical address.
    static void check(int failed, long gpa) {
        check(failed, () -> "an access to guest-physical address 0x%x exits".formatted(gpa));
    }
}
