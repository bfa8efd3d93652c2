package org.nestwalk.kvm.machine;

import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.VmExit;

/// Exits as accounts name them.
final class ExitReasons {
    private ExitReasons() {}

    /// The reason of an exit that has one.
    static ExitReason of(VmExit exit) {
        return switch (exit) {
            case VmExit.Violation violation -> ExitReason.VIOLATION;
            case VmExit.Misconfiguration misconfiguration -> ExitReason.MISCONFIGURATION;
            case VmExit.WriteTrap trap -> ExitReason.WRITE_TRAP;
            case VmExit.Hypercall call -> ExitReason.HYPERCALL;
            case VmExit.LogFull full -> ExitReason.LOG_FULL;
            case VmExit.Interrupted interrupted -> ExitReason.INTERRUPT;
            case VmExit.ProgramEnd end -> throw new IllegalArgumentException("no exit");
            case VmExit.Failure failure -> throw new IllegalArgumentException("no exit");
        };
    }
}
