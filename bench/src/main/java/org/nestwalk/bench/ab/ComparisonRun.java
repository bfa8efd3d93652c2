package org.nestwalk.bench.ab;

import org.nestwalk.bench.Streams;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.SetupCounts;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.setup.Setups;

/// A whole comparison of the default setups on one thread, mapping of pages and reading included:
/// what `nestwalk run` does before it reports.
final class ComparisonRun {
    private final String workload;
    private final CompareOptions options;
    private long checksum;

    private ComparisonRun(String workload, long limit) {
        this.workload = workload;
        options =
                new CompareOptions(
                        Machines.named("skylake-sp").model(),
                        Setups.DEFAULT,
                        limit,
                        0,
                        0,
                        1,
                        "contiguous",
                        "contiguous",
                        4,
                        4,
                        1);
    }

    /// Compares setups on the trace or program `args[0]`, of which it runs `args[1]` accesses.
    public static void main(String[] args) {
        ComparisonRun run = new ComparisonRun(args[0], Long.parseLong(args[1]));
        double rate = Rate.of(run::pass);
        Rate.print(rate, run.checksum);
    }

    private long pass() {
        try (Workload opened = Workloads.open(workload, null, options.guestLevels())) {
            ComparisonResult result = new Comparison(options).run(opened, ProgressListener.NONE);
            long sum = 0;
            for (SetupCounts setup : result.setups()) {
                sum = 31 * sum + Streams.checksum(setup.counts());
            }
            checksum = sum;
            return result.setups().getFirst().counts().accesses();
        }
    }
}
