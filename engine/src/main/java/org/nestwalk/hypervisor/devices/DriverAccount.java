package org.nestwalk.hypervisor.devices;

import java.util.EnumMap;
import java.util.Map;

/// What an IOMMU's driver has spent, and how often it has done what.
public final class DriverAccount {
    private final Map<Work, Long> cycles = new EnumMap<>(Work.class);
    private final Map<Work, Long> times = new EnumMap<>(Work.class);

    /// What a driver does.
    public enum Work {
        /// Device addresses and mappings found, taken and given back.
        ADDRESSES("addresses"),
        /// Entries of tables written and cleared.
        TABLES("tables"),
        /// Invalidations that are waited for.
        INVALIDATIONS("invalidations"),
        /// Bytes copied to and from shadow buffers.
        COPYING("copying"),
        /// Exits to a hypervisor.
        EXITS("exits");

        private final String label;

        Work(String label) {
            this.label = label;
        }

        /// Its name in reports.
        public String label() {
            return label;
        }
    }

    /// Nothing is spent.
    public DriverAccount() {}

    /// Spends cycles.
    public void spend(Work work, long amount) {
        cycles.merge(work, amount, Long::sum);
        times.merge(work, 1L, Long::sum);
    }

    /// Cycles spent on `work`.
    public long cycles(Work work) {
        return cycles.getOrDefault(work, 0L);
    }

    /// How often that was.
    public long times(Work work) {
        return times.getOrDefault(work, 0L);
    }

    /// What it is now.
    public DriverAccount copy() {
        DriverAccount copy = new DriverAccount();
        copy.cycles.putAll(cycles);
        copy.times.putAll(times);
        return copy;
    }

    /// All cycles.
    public long cycles() {
        return cycles.values().stream().mapToLong(Long::longValue).sum();
    }
}
