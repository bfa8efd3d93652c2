package org.nestwalk.lab.compare.sample;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.lab.compare.Contender;
import org.nestwalk.lab.compare.SetupCounts;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// What a sample says of one setup.
///
/// Not estimated but known are exits and updates of flags: they come with pages that are touched or
/// written for the first time, also where accesses are skipped. They are what changes most while a
/// program begins.
///
/// @param total the account of all accesses, as estimated
/// @param share translation's part of its cycles
record SetupEstimate(SetupCounts total, ShareEstimate share) {
    /// Of the intervals that `contender` kept: the first accesses, and two for each stratum.
    static SetupEstimate of(
            Contender contender, SamplePlan plan, ProcessorModel machine, Sampling sampling) {
        if (contender.intervals().isEmpty()) {
            contender.endInterval();
        }
        List<SetupCounts> measured =
                contender.intervals().stream().map(SetupEstimate::sampled).toList();
        SetupCounts first = measured.getFirst();
        SetupCounts whole = contender.total();
        MmuCounts counts = first.counts().copy();
        List<ShareEstimate.Pair> pairs = new ArrayList<>();
        for (int i = 1; i + 1 < measured.size(); i += 2) {
            SetupCounts one = measured.get(i);
            SetupCounts other = measured.get(i + 1);
            counts.add(one.counts(), plan.units() / 2);
            counts.add(other.counts(), plan.units() / 2);
            pairs.add(
                    new ShareEstimate.Pair(
                            plan.units(), measured(one, machine), measured(other, machine)));
        }
        double flags = whole.counts().flagCycles;
        ShareEstimate share =
                ShareEstimate.of(
                        part(first, machine) + flags,
                        first.cycles(machine) + flags + whole.exitCycles(machine),
                        pairs,
                        sampling.confidence());
        addFlags(counts, whole.counts());
        SetupCounts total =
                new SetupCounts(contender.name(), counts, whole.exits(), whole.pageTableBytes());
        return new SetupEstimate(total, share);
    }

    /// What is measured of a unit: all but exits and updates of flags.
    private static SetupCounts sampled(SetupCounts unit) {
        MmuCounts counts = unit.counts().copy();
        counts.flagUpdates = 0;
        counts.walkCycles -= counts.flagCycles;
        counts.flagCycles = 0;
        return new SetupCounts(unit.name(), counts, 0, unit.pageTableBytes());
    }

    private static void addFlags(MmuCounts to, MmuCounts of) {
        to.flagUpdates = of.flagUpdates;
        to.flagCycles = of.flagCycles;
        to.walkCycles += of.flagCycles;
    }

    private static ShareEstimate.Measured measured(SetupCounts unit, ProcessorModel machine) {
        return new ShareEstimate.Measured(part(unit, machine), unit.cycles(machine));
    }

    private static double part(SetupCounts counts, ProcessorModel machine) {
        return counts.translationShare(machine) * counts.cycles(machine);
    }
}
