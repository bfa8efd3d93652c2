package org.nestwalk.kvm.handle;

import static org.assertj.core.api.Assumptions.assumeThatCode;

/// For tests that need KVM.
public final class UsableKvm {
    private UsableKvm() {}

    /// Skips the tests where there is none, with the reason.
    public static void isNeeded() {
        assumeThatCode(() -> Kvm.open().close()).doesNotThrowAnyException();
    }
}
