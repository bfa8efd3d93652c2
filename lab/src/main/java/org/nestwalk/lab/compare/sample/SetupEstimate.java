package org.nestwalk.lab.compare.sample;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.lab.compare.Contender;
import org.nestwalk.lab.compare.SetupCounts;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;

/// What a sample says of one setup.
///
/// @param total the account of all accesses, as estimated; exits and bytes of tables are exact
/// @param share translation's part of its cycles
record SetupEstimate(SetupCounts total, ShareEstimate share) {
    /// Of the intervals that `contender` kept: the first accesses, and two for each stratum.
    static SetupEstimate of(
            Contender contender, SamplePlan plan, ProcessorModel machine, Sampling sampling) {
        if (contender.intervals().isEmpty()) {
            contender.endInterval();
        }
        List<SetupCounts> measured =
                contender.intervals().stream().map(SetupEstimate::withoutExits).toList();
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
                            plan.units(),
                            new double[] {part(one, machine), part(other, machine)},
                            new double[] {one.cycles(machine), other.cycles(machine)}));
        }
        SetupCounts total =
                new SetupCounts(
                        contender.name(), counts, whole.exits(), whole.pageTableBytes());
        double known = first.cycles(machine) + whole.exitCycles(machine);
        return new SetupEstimate(
                total,
                ShareEstimate.of(part(first, machine), known, pairs, sampling.confidence()));
    }

    private static SetupCounts withoutExits(SetupCounts counts) {
        return new SetupCounts(counts.name(), counts.counts(), 0, counts.pageTableBytes());
    }

    private static double part(SetupCounts counts, ProcessorModel machine) {
        return counts.translationShare(machine) * counts.cycles(machine);
    }
}
