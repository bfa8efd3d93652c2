package org.nestwalk.machine.invalidation;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// Requests to running CPUs to forget what they have cached, as KVM's `kvm_make_all_cpus_request`
/// makes them: a CPU in its guest is interrupted and waited for; one that is not will find the
/// request before it enters.
///
/// The order of memory accesses: a CPU stores that it is in its guest *and then* reads whether
/// something is requested; whoever requests stores the request *and then* reads whether the CPU is
/// in its guest. Both are sequentially consistent, so that not both can miss each other (Dekker's
/// argument; Linux `Documentation/virt/kvm/vcpu-requests.rst`).
public final class CpuRequests {
    private static final int OUTSIDE = 0;
    private static final int IN_GUEST = 1;

    private final AtomicIntegerArray modes;
    private final AtomicLong requested = new AtomicLong();
    private final AtomicLongArray answered;

    /// For CPUs that are not in their guest.
    public CpuRequests(int cpus) {
        modes = new AtomicIntegerArray(cpus);
        answered = new AtomicLongArray(cpus);
    }

    /// Enters the guest, by the CPU itself.
    ///
    /// @param forget is called first if something is requested
    public void enter(int cpu, Runnable forget) {
        modes.set(cpu, IN_GUEST);
        while (isRequested(cpu)) {
            answer(cpu, forget);
        }
    }

    /// Whether the CPU is to leave its guest, asked by itself between two accesses: the interrupt.
    public boolean isRequested(int cpu) {
        return requested.get() != answered.get(cpu);
    }

    /// Leaves the guest, by the CPU itself. What is requested is answered when it enters.
    public void leave(int cpu) {
        modes.set(cpu, OUTSIDE);
    }

    private void answer(int cpu, Runnable forget) {
        // Read first: what is requested meanwhile is not answered by this.
        long seen = requested.get();
        forget.run();
        answered.set(cpu, seen);
    }

    /// Has all CPUs forget, and returns when those that were in their guest have left it or have
    /// forgotten. By others than CPUs in their guest.
    public void forgetAll() {
        long number = requested.incrementAndGet();
        for (int cpu = 0; cpu < modes.length(); cpu++) {
            while (modes.get(cpu) == IN_GUEST && answered.get(cpu) < number) {
                Thread.onSpinWait();
            }
        }
    }
}
