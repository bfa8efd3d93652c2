package org.nestwalk.bench.compare;

import org.nestwalk.InputException;
import org.nestwalk.kvm.handle.Kvm;

/// Whether there is KVM to measure with.
final class KvmPresence {
    private KvmPresence() {}

    /// Why not, in one sentence; empty if there is.
    static String absence() {
        try {
            Kvm.open().close();
            return "";
        } catch (InputException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
