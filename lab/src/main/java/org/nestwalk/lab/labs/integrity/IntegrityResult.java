package org.nestwalk.lab.labs.integrity;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What each way to guard code prevents, finds and misses, and what it costs.
///
/// @param machine the processor's name; null on this host's KVM
/// @param period of those who look now and then, in ns
/// @param attacks of each kind on each guard
/// @param cells attacks by guards
/// @param costs of guards on guests that are not attacked
/// @param writes costs by how often a mixed page is written in a period
public record IntegrityResult(
        @Nullable String machine,
        long period,
        int attacks,
        List<Cell> cells,
        List<Cost> costs,
        List<Writes> writes) {
    /// Copies the lists.
    public IntegrityResult {
        cells = List.copyOf(cells);
        costs = List.copyOf(costs);
        writes = List.copyOf(writes);
    }

    /// One kind of attack on one guard.
    ///
    /// @param attack its name
    /// @param guard its name
    /// @param prevented attacks that did not come to what they were for
    /// @param detected attacks that did, and were found
    /// @param missed attacks that nobody noticed
    /// @param refused attacks that the guest's own page tables refused
    /// @param medianDelay of those detected, until the alarm, in ns; null if there are none
    /// @param p95Delay of those, what 95 % are within, in ns; null if there are none
    /// @param maxDelay of those, the longest, in ns; null if there are none
    /// @param why some were missed; null if none were
    public record Cell(
            String attack,
            String guard,
            int prevented,
            int detected,
            int missed,
            int refused,
            @Nullable Long medianDelay,
            @Nullable Long p95Delay,
            @Nullable Long maxDelay,
            @Nullable String why) {
        int tried() {
            return prevented + detected + missed + refused;
        }
    }

    /// What a guard costs a guest.
    ///
    /// @param guest what it does
    /// @param guard its name
    /// @param patches that its kernel has made in its code
    /// @param loads of modules and compiled programs
    /// @param alarms all of them false
    /// @param writeTraps exits of refused writes
    /// @param logFull exits of full logs
    /// @param cycles of the guest, its exits and the guard; null on KVM
    /// @param nanoseconds measured instead; null where cycles are counted
    /// @param slowdown of those by those without a guard
    public record Cost(
            String guest,
            String guard,
            long patches,
            long loads,
            long alarms,
            long writeTraps,
            long logFull,
            @Nullable Long cycles,
            @Nullable Long nanoseconds,
            double slowdown) {
        /// Cycles, or nanoseconds.
        long spent() {
            return cycles != null ? cycles : Objects.requireNonNullElse(nanoseconds, 0L);
        }
    }

    /// What a guard takes for each mixed page and period.
    ///
    /// @param writes of data on each page in each period
    /// @param guard its name
    /// @param cycles for each page and period, more than without a guard
    public record Writes(int writes, String guard, double cycles) {}

    Optional<Cell> cell(String attack, Guard guard) {
        return cells.stream()
                .filter(one -> one.attack.equals(attack) && one.guard.equals(guard.label()))
                .findFirst();
    }

    Optional<Writes> writes(int often, Guard guard) {
        return writes.stream()
                .filter(one -> one.writes == often && one.guard.equals(guard.label()))
                .findFirst();
    }
}
