package org.nestwalk.machine.simulated;

import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.ExitObserver;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestSoftware;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.exit.ExitChain;

/// Where the exits and exceptions of one virtual machine go.
final class ExitDispatch {
    private final ExitChain chain;
    private final @Nullable SecondLevelTables tables;
    private GuestSoftware software =
            (cpu, gva, code) -> {
                throw new GuestFailure(
                        VmExit.Cause.UNHANDLED_EXCEPTION,
                        "page fault at 0x%x, which nothing handles".formatted(gva));
            };
    private ExitObserver observer = (cpu, reason, cycles) -> {};

    /// @param tables the second level; null in native mode
    ExitDispatch(ExitChain chain, @Nullable SecondLevelTables tables) {
        this.chain = chain;
        this.tables = tables;
    }

    /// The parts of the hypervisor.
    ExitChain chain() {
        return chain;
    }

    /// The second level.
    ///
    /// @throws UnsupportedOperationException in native mode
    SecondLevelTables tables() {
        if (tables == null) {
            throw new UnsupportedOperationException("native mode has no second level");
        }
        return tables;
    }

    /// The software that exceptions enter.
    GuestSoftware software() {
        return software;
    }

    void onException(GuestSoftware software) {
        this.software = software;
    }

    /// Who is told of every exit that has been handled.
    ExitObserver observer() {
        return observer;
    }

    void observe(ExitObserver observer) {
        this.observer = observer;
    }
}
