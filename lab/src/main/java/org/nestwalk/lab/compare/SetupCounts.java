package org.nestwalk.lab.compare;

import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// What one setup cost, over a whole run or an interval.
///
/// @param name the setup, for example `nested:4K/2M`
/// @param counts the processor's account
/// @param exits VM exits for maintaining tables
/// @param pageTableBytes bytes of all tables at the end
public record SetupCounts(String name, MmuCounts counts, long exits, long pageTableBytes) {
    /// Cycles of everything: a base cost for each access, data access latency, translation, and
    /// exits, less what overlaps.
    public long cycles(ProcessorModel machine) {
        return counts.cycles(machine.costs().accessCycles()) + exitCycles(machine);
    }

    /// Cycles of everything if each access waits for the one before.
    public long blockingCycles(ProcessorModel machine) {
        return counts.blockingCycles(machine.costs().accessCycles()) + exitCycles(machine);
    }

    /// Cycles of the exits.
    public long exitCycles(ProcessorModel machine) {
        return exits * machine.costs().exitCycles();
    }

    /// The part of [#cycles] that translation takes, 0 to 1; exits are not translation.
    public double translationShare(ProcessorModel machine) {
        long cycles = cycles(machine);
        return cycles == 0 ? 0 : (double) counts.exposedTranslationCycles() / cycles;
    }

    /// References of a walk after a TLB miss, on average; 0 if there was none.
    public double referencesPerWalk() {
        return counts.walks.referencesPerWalk();
    }
}
