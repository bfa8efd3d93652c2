package org.nestwalk.machine;

/// Receives each exit after it was handled, for statistics.
@FunctionalInterface
public interface ExitObserver {
    /// One exit has been handled.
    ///
    /// @param cycles from leaving the guest to entering it again, everything that was done between
    ///   included
    void exited(VirtualCpu cpu, ExitReason reason, long cycles);
}
