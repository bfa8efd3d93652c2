package org.nestwalk.lab.compare.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;

/// Exact shares of translation lie within the intervals of samples in as many trials as they
/// promise, less what 400 trials can miss by chance. Every trial has an exact run and a sample of
/// its own, of another seed of the program and of the places.
class SampleCoverageTest {
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");
    private static final int TRIALS = LONG ? 400 : 30;
    private static final double ENOUGH = 0.93;
    private static final Sampling USUAL = new Sampling(0.95, 0.02);

    // Machines small enough that a short run has room for samples.
    private static final List<ProcessorModel> SMALL_MACHINES =
            List.of(
                    small("skylake-sp:", 192, 12, 352),
                    small("haswell-4850:", 128, 8, 320),
                    small("zen4:secondLevelTlbs.1.entries=64,", 192, 12, 256));
    private static final List<String> SETUPS =
            List.of("native:4K", "nested:4K/4K", "shadow:2M", "nested:2M/4K");
    private static final List<String> PROGRAMS =
            List.of(
                    "gups:footprint=32MiB",
                    "zipf:footprint=64MiB,writes=0.3",
                    "btree:footprint=32MiB",
                    "pointer-chase:footprint=8MiB",
                    "sequential:footprint=512KiB,stride=64",
                    "xsbench:footprint=64MiB",
                    "graph-bfs:footprint=32MiB",
                    "hash-join:footprint=32MiB",
                    "stream:footprint=4MiB");
    private static final List<String> TRACES = List.of("cc1.nwt", "python.nwt");
    private static final int PROGRAM_ACCESSES = 600_000;
    private static final int TRACE_ACCESSES = 1_500_000;

    private static ProcessorModel small(String machine, int entries, int ways, int cache) {
        String text =
                "%stlb.l2.entries=%d,tlb.l2.ways=%d,caches.L2.size=64KiB,caches.LLC.size=%dKiB"
                        .formatted(machine, entries, ways, cache);
        return Machines.named(text).model().withOverlap(null);
    }

    /// What is run, all of it by its seed.
    private record Trial(int seed) {
        // Their numbers have no common divisor, so that all combinations come.
        String kind() {
            int kind = seed % (PROGRAMS.size() + TRACES.size());
            return kind < PROGRAMS.size() ? PROGRAMS.get(kind) : TRACES.get(kind - PROGRAMS.size());
        }

        private boolean isProgram() {
            return PROGRAMS.contains(kind());
        }

        ProcessorModel machine() {
            return SMALL_MACHINES.get(seed % SMALL_MACHINES.size());
        }

        String setup() {
            return SETUPS.get(seed % SETUPS.size());
        }

        private Workload open() {
            String text =
                    isProgram()
                            ? kind() + ",accesses=" + PROGRAM_ACCESSES + ",seed=" + seed
                            : Path.of(System.getProperty("nestwalk.root", ".."))
                                    .resolve("examples")
                                    .resolve(kind())
                                    .toString();
            return Workloads.open(text, null, 4);
        }

        private CompareOptions options() {
            long limit = isProgram() ? Long.MAX_VALUE : TRACE_ACCESSES;
            String layout = "contiguous";
            return new CompareOptions(
                    machine(), List.of(setup()), limit, 0, 0, seed, layout, layout, 4, 4, 1);
        }

        /// The exact share.
        double exact() {
            try (Workload workload = open()) {
                return new Comparison(options())
                        .run(workload, ProgressListener.NONE)
                        .setups()
                        .getFirst()
                        .translationShare(machine());
            }
        }

        SampledResult.Sample sample() {
            return new SampledComparison(List.of(options()), USUAL, this::open)
                    .run(ProgressListener.NONE)
                    .getFirst()
                    .sample();
        }
    }

    @Test
    void exactSharesLieWithinIntervals() {
        Map<String, Integer> missedByKind = new TreeMap<>();
        int held = 0;
        int sampled = 0;
        for (int seed = 1; seed <= TRIALS; seed++) {
            Trial trial = new Trial(seed);
            double exact = trial.exact();
            SampledResult.Sample sample = trial.sample();
            ShareEstimate share = sample.shares().getFirst();
            boolean holds = exact >= share.low() && exact <= share.high();
            held += holds ? 1 : 0;
            sampled += sample.units() > 0 ? 1 : 0;
            if (!holds) {
                missedByKind.merge(trial.kind(), 1, Integer::sum);
            }
        }
        System.out.printf(
                "%d of %d intervals of samples hold the exact share, missed: %s%n",
                held, TRIALS, missedByKind);
        assertThat(held).as("missed: %s", missedByKind).isGreaterThanOrEqualTo(least());
        assertThat(sampled).as("that were not run whole").isGreaterThan(TRIALS * 9 / 10);
    }

    private static int least() {
        return (int) Math.ceil(ENOUGH * TRIALS);
    }
}
