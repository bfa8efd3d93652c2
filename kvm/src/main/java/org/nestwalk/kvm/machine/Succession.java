package org.nestwalk.kvm.machine;

import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit;

/// The virtual CPU of KVM by which a CPU goes on after its virtual machine was frozen. It is made
/// when that happens, and taken over by the CPU's own thread, whose registers are, before it enters
/// the guest again.
final class Succession {
    private final KvmVcpu vcpu;
    private @Nullable KvmVcpu next;
    private @Nullable Retired leaving;

    Succession(KvmVcpu vcpu) {
        this.vcpu = vcpu;
    }

    /// Goes on by `successor`. The caller holds the exclusive lock.
    ///
    /// @param retired what the CPU made last was of
    void prepare(KvmVcpu successor, Retired retired) {
        if (next == null) {
            leaving = retired;
        } else {
            retired.left(next);
        }
        next = successor;
    }

    /// By the CPU's own thread, which holds the shared lock.
    ///
    /// @throws GuestFailure if the host has no mapping left to do it by
    void apply() {
        if (next != null && leaving != null) {
            AutoCloseable rest;
            try {
                rest = vcpu.moveTo(next);
            } catch (SystemCallException e) {
                throw new GuestFailure(
                        VmExit.Cause.HOST_OUT_OF_MEMORY,
                        "no virtual CPU to go on by after a freeze: " + e.getMessage());
            }
            leaving.left(rest);
            next = null;
            leaving = null;
        }
    }

    /// The CPU is closed.
    void close() {
        if (next != null && leaving != null) {
            next.close();
            leaving.left(() -> {});
        }
    }
}
