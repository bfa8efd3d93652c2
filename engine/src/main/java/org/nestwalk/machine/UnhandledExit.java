package org.nestwalk.machine;

/// An exit whose handler does not resume: on its way from wherever it happened to [VirtualCpu#run],
/// which it ends, or to the caller that made an access by [KernelCpu].
public final class UnhandledExit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient VmExit exit;

    /// Not handled: `exit`.
    public UnhandledExit(VmExit exit) {
        super(null, null, false, false);
        this.exit = exit;
    }

    /// The exit.
    public VmExit exit() {
        return exit;
    }
}
