package org.nestwalk.bench.compare.measured;

import java.util.List;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.LookupCounter;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.curve.CurveSizes;
import org.nestwalk.lab.curve.ExactCurve;
import org.nestwalk.lab.curve.VariedTlb;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;

/// What it costs to count the misses of TLBs of all sizes in a run, against the run of one size
/// alone: in turns, in millions of accesses a second of the process's time.
public final class CurveMeasurement {
    private static final int PAIRS = 4;
    private static final ProcessorModel MACHINE = Machines.named("skylake-sp").model();
    private static final CompareOptions OPTIONS =
            new CompareOptions(
                    MACHINE,
                    List.of("nested:4K/4K"),
                    Long.MAX_VALUE,
                    0,
                    0,
                    1,
                    "contiguous",
                    "contiguous",
                    4,
                    4,
                    1);

    private CurveMeasurement() {}

    /// Measures with the trace or program `args[0]`.
    public static void main(String[] args) {
        String workload = args[0];
        long accesses = run(workload, List.of());
        var _ = curve(workload);
        Values values = new Values();
        for (int pair = 0; pair < PAIRS; pair++) {
            double all = Clock.ofProcess(() -> curve(workload));
            double one = Clock.ofProcess(() -> run(workload, List.of()));
            values.add("curve", accesses / all / 1e6).add("one", accesses / one / 1e6);
        }
        System.out.print(values.text());
    }

    private static double curve(String workload) {
        ExactCurve curve = new ExactCurve(VariedTlb.of(MACHINE), CurveSizes.ways(CurveSizes.all()));
        var _ = run(workload, List.of(curve));
        return CurveSizes.all().stream().mapToDouble(curve::misses).sum();
    }

    private static long run(String workload, List<? extends LookupCounter> counters) {
        try (Workload opened = Workloads.open(workload, null, OPTIONS.guestLevels())) {
            return new Comparison(List.of(OPTIONS), counters)
                    .runAll(opened, ProgressListener.NONE)
                    .getFirst()
                    .setups()
                    .getFirst()
                    .counts()
                    .accesses();
        }
    }
}
