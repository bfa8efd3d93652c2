package org.nestwalk.bench.compare.measured;

import java.util.List;
import java.util.stream.Stream;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.SetupCounts;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.compare.sample.SampledComparison;
import org.nestwalk.lab.compare.sample.SampledResult;
import org.nestwalk.lab.compare.sample.Sampling;
import org.nestwalk.lab.compare.sample.ShareEstimate;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;

/// One run over a workload, exact or sampled, in a process of its own, so that both begin in the
/// interpreter: seconds of the process's time and on the wall, and the shares of translation.
public final class SampleMeasurement {
    private static final ProcessorModel MACHINE =
            Machines.named("skylake-sp").model().withOverlap(null);
    private static final Sampling USUAL = new Sampling(0.95, 0.02);

    private static final int BLOCK = 1 << 15;

    private SampleMeasurement() {}

    /// Measures `args[0]`, `exact`, `sampled`, or `passed`, in which accesses are but made or
    /// decoded, of the trace or program `args[1]` under the setups `args[2]`, separated by commas.
    public static void main(String[] args) {
        CompareOptions options =
                new CompareOptions(
                        MACHINE,
                        List.of(args[2].split(",", -1)),
                        Long.MAX_VALUE,
                        0,
                        0,
                        1,
                        "contiguous",
                        "contiguous",
                        4,
                        4,
                        1);
        Values values = new Values();
        Clock.Times times =
                Clock.both(() -> {
                    switch (args[0]) {
                        case "exact" -> exact(args[1], options, values);
                        case "sampled" -> sampled(args[1], options, values);
                        default -> passed(args[1], options, values);
                    }
                });
        System.out.print(values.add("process", times.process()).add("wall", times.wall()).text());
    }

    private static void exact(String workload, CompareOptions options, Values values) {
        try (Workload opened = Workloads.open(workload, null, options.guestLevels())) {
            List<SetupCounts> setups =
                    new Comparison(options).run(opened, ProgressListener.NONE).setups();
            values.add("share", numbers(setups.stream().map(s -> s.translationShare(MACHINE))));
            values.count("made", setups.getFirst().counts().accesses());
        }
    }

    private static void sampled(String workload, CompareOptions options, Values values) {
        SampledResult.Sample sample =
                new SampledComparison(
                                List.of(options),
                                USUAL,
                                () -> Workloads.open(workload, null, options.guestLevels()))
                        .run(ProgressListener.NONE)
                        .getFirst()
                        .sample();
        List<ShareEstimate> shares = sample.shares();
        values.add("share", numbers(shares.stream().map(ShareEstimate::share)));
        values.add("half-width", numbers(shares.stream().map(ShareEstimate::halfWidth)));
        values.count("made", sample.made());
        values.count("passes", sample.passes());
    }

    private static void passed(String workload, CompareOptions options, Values values) {
        try (Workload opened = Workloads.open(workload, null, options.guestLevels())) {
            AccessSource source = opened.open();
            long[] block = new long[BLOCK];
            long passed = 0;
            for (int count = source.next(block); count > 0; count = source.next(block)) {
                passed += Access.count(block, 0, count);
            }
            values.count("passed", passed);
        }
    }

    private static double[] numbers(Stream<Double> stream) {
        return stream.mapToDouble(Double::doubleValue).toArray();
    }
}
