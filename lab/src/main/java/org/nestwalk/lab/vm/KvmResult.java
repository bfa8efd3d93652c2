package org.nestwalk.lab.vm;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.ExitReason;

/// What came of programs in a virtual machine on KVM. Times are measured, and differ from run to
/// run.
///
/// @param options how they ran
/// @param node of the host that memory and threads were bound to; null if to none
/// @param complete whether they ran to their end, and were not interrupted
/// @param tasks each program on each CPU
/// @param nonCanonical accesses left out because their addresses are not canonical, of one copy of
///   each program
/// @param nanoseconds that the busiest virtual CPU ran, its kernel's work included
/// @param warmupNanoseconds those that had passed when counting began
/// @param accesses made by all CPUs since then
/// @param frequency of the time-stamp counter, in Hz
/// @param account exits, and the guest's kernel's handling of page faults, in cycles of the
///   time-stamp counter, all CPUs together
/// @param latencies how long exits took, by reason, in the same cycles
/// @param guest what the guest's kernel did
/// @param smallBytes backed by 4-KiB pages at the end
/// @param largeBytes backed by 2-MiB pages at the end
/// @param timeline pages by size as time went on
public record KvmResult(
        VmOptions options,
        @Nullable Integer node,
        boolean complete,
        List<VmResult.TaskResult> tasks,
        long nonCanonical,
        long nanoseconds,
        long warmupNanoseconds,
        long accesses,
        double frequency,
        Account account,
        Map<ExitReason, VmResult.Percentiles> latencies,
        VmResult.Guest guest,
        long smallBytes,
        long largeBytes,
        List<VmResult.Moment> timeline) {
    /// Copies the collections.
    public KvmResult {
        tasks = List.copyOf(tasks);
        latencies = Map.copyOf(latencies);
        timeline = List.copyOf(timeline);
    }

    /// Whether every task ended as it has to.
    public boolean isVerified() {
        return tasks.stream().allMatch(VmResult.TaskResult::isVerified);
    }
}
