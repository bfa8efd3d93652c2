package org.nestwalk.lab.compare;

import java.nio.file.Path;
import java.util.List;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;

/// Short ways to run comparisons in tests.
final class Comparisons {
    private Comparisons() {}

    /// A recorded sample among the test data.
    static String sample(String name) {
        return Path.of(System.getProperty("nestwalk.root", ".."))
                .resolve("traces/src/test/resources/samples")
                .resolve(name)
                .toString();
    }

    static CompareOptions options(ProcessorModel machine, String... setups) {
        return new CompareOptions(
                machine,
                List.of(setups),
                Long.MAX_VALUE,
                0,
                0,
                1,
                "contiguous",
                "contiguous",
                4,
                4,
                1);
    }

    static CompareOptions yardstick(String... setups) {
        return options(Machines.named("yardstick").model(), setups);
    }

    static CompareOptions threads(CompareOptions options, int threads) {
        return with(options, options.limit(), options.warmup(), options.interval(), threads);
    }

    static CompareOptions with(
            CompareOptions options, long limit, long warmup, long interval, int threads) {
        return new CompareOptions(
                options.machine(),
                options.setups(),
                limit,
                warmup,
                interval,
                options.seed(),
                options.guestLayout(),
                options.hostLayout(),
                options.guestLevels(),
                options.hostLevels(),
                threads);
    }

    static CompareOptions layouts(CompareOptions options, String guest, String host) {
        return new CompareOptions(
                options.machine(),
                options.setups(),
                options.limit(),
                options.warmup(),
                options.interval(),
                options.seed(),
                guest,
                host,
                options.guestLevels(),
                options.hostLevels(),
                options.threads());
    }

    static ComparisonResult run(String workload, CompareOptions options) {
        try (Workload opened = Workloads.open(workload, null, options.guestLevels())) {
            return new Comparison(options).run(opened, ProgressListener.NONE);
        }
    }
}
