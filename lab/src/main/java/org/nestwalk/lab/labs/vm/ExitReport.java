package org.nestwalk.lab.labs.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.ExitReason;

/// Exits for one reason, as JSON.
///
/// @param reason why the CPU left the guest
/// @param count how often
/// @param cycles of all of them
/// @param latencyCycles how long they took, in cycles, to four digits
/// @param latencyNanoseconds the same at the frequency of these cycles, rounded
public record ExitReport(
        String reason,
        long count,
        long cycles,
        VmResult.Percentiles latencyCycles,
        VmResult.Percentiles latencyNanoseconds) {
    static List<ExitReport> all(VmResult result) {
        Map<ExitReason, VmResult.Percentiles> latencies = result.software().latencies();
        Account account = result.account();
        List<ExitReport> exits = new ArrayList<>();
        for (ExitReason reason : ExitReason.values()) {
            VmResult.Percentiles latency = latencies.get(reason);
            if (latency != null) {
                exits.add(
                        new ExitReport(
                                reason.label(),
                                account.exits(reason),
                                account.exitCycles(reason),
                                latency,
                                nanoseconds(latency, result.time().frequencyGHz())));
            }
        }
        return exits;
    }

    private static VmResult.Percentiles nanoseconds(VmResult.Percentiles cycles, double clock) {
        return new VmResult.Percentiles(
                Math.round(cycles.median() / clock),
                Math.round(cycles.p90() / clock),
                Math.round(cycles.p99() / clock),
                Math.round(cycles.max() / clock));
    }
}
