package org.nestwalk.lab.curve;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.LookupCounter;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;

/// Short ways to run curves in tests.
final class Curves {
    private Curves() {}

    static VariedTlb tlb(String machine) {
        return VariedTlb.of(Machines.named(machine).model());
    }

    static CompareOptions options(ProcessorModel machine, String layout, String... setups) {
        return new CompareOptions(
                machine, List.of(setups), Long.MAX_VALUE, 0, 0, 1, layout, layout, 4, 4, 1);
    }

    static CompareOptions after(CompareOptions options, long warmup) {
        return new CompareOptions(
                options.machine(),
                options.setups(),
                options.limit(),
                warmup,
                0,
                options.seed(),
                options.guestLayout(),
                options.hostLayout(),
                options.guestLevels(),
                options.hostLevels(),
                1);
    }

    static ExactCurve exact(VariedTlb tlb, List<Geometry> geometries) {
        return new ExactCurve(tlb, CurveSizes.ways(geometries));
    }

    /// Runs a workload on the machine as it is, where `counters` count, and with other geometries.
    static List<ComparisonResult> run(
            String workload,
            VariedTlb tlb,
            CompareOptions options,
            List<Geometry> geometries,
            List<? extends LookupCounter> counters) {
        List<CompareOptions> parts = new ArrayList<>(List.of(options));
        geometries.forEach(geometry -> parts.add(options.on(tlb.machineWith(geometry))));
        try (Workload opened = Workloads.open(workload, null, options.guestLevels())) {
            return new Comparison(parts, counters).runAll(opened, ProgressListener.NONE);
        }
    }
}
