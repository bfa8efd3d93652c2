package org.nestwalk.lab.labs.vm;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;

/// What cycles were spent on, all CPUs together, as JSON.
///
/// @param total all of them
/// @param accesses accesses, besides translation and data-cache latency
/// @param data data in caches and memory, as far as that takes time of its own
/// @param translation what second-level TLB hits and walks add to that
/// @param software on the CPUs: exits, hypervisor and kernel, by what it was, in the order of
///   [Cost]
/// @param background the hypervisor's work beside the CPUs, likewise
public record CycleReport(
        long total,
        long accesses,
        long data,
        long translation,
        Map<String, Long> software,
        Map<String, Long> background) {
    static CycleReport of(VmResult result, VmResult.Simulated simulated) {
        return new CycleReport(
                result.cycles(),
                simulated.accessCycles(),
                simulated.walks().dataCycles - simulated.walks().overlappedDataCycles,
                simulated.walks().exposedTranslationCycles(),
                costs(result.account()),
                costs(simulated.background()));
    }

    /// Cycles of exits, hypervisor and kernel, in the background too.
    long allSoftware() {
        return sum(software) + sum(background);
    }

    private static long sum(Map<String, Long> costs) {
        return costs.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Map<String, Long> costs(Account account) {
        Map<String, Long> costs = new LinkedHashMap<>();
        for (Cost cost : Cost.values()) {
            if (account.cycles(cost) > 0) {
                costs.put(cost.label(), account.cycles(cost));
            }
        }
        return costs;
    }
}
