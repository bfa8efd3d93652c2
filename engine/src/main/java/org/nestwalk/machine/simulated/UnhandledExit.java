package org.nestwalk.machine.simulated;

import org.nestwalk.machine.VmExit;

/// An exit whose handler does not resume: on its way from wherever it happened to the run that it
/// ends.
final class UnhandledExit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient VmExit exit;

    UnhandledExit(VmExit exit) {
        super(null, null, false, false);
        this.exit = exit;
    }

    VmExit exit() {
        return exit;
    }
}
