package org.nestwalk.lab.compare.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.Comparison;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.lab.compare.SetupCounts;
import org.nestwalk.lab.compare.Workload;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;

/// What is known exactly in spite of sampling, what must not bias it, and how it ends.
class SampledComparisonTest {
    private static final Sampling USUAL = new Sampling(0.95, 0.02);
    private static final int LENGTH = 600_000;

    // Small enough that a short run has room for samples.
    private static final ProcessorModel SMALL =
            Machines.named(
                            "skylake-sp:tlb.l2.entries=192,tlb.l2.ways=12,caches.L2.size=64KiB,"
                                    + "caches.LLC.size=352KiB")
                    .model()
                    .withOverlap(null);
    private static final List<String> SETUPS = List.of("native:4K", "nested:4K/4K", "shadow:2M");

    private static final List<String> PROGRAMS =
            List.of(
                    "gups:footprint=32MiB",
                    "zipf:footprint=64MiB,writes=0.3",
                    "graph-bfs:footprint=32MiB");

    private static CompareOptions options(long seed, long warmup, int threads) {
        return new CompareOptions(
                SMALL,
                SETUPS,
                Long.MAX_VALUE,
                warmup,
                0,
                seed,
                "contiguous",
                "contiguous",
                4,
                4,
                threads);
    }

    private static String program(String program, long seed) {
        return program + ",accesses=" + LENGTH + ",seed=" + seed;
    }

    private static ComparisonResult exact(String workload, CompareOptions options) {
        try (Workload opened = Workloads.open(workload, null, 4)) {
            return new Comparison(options).run(opened, ProgressListener.NONE);
        }
    }

    private static SampledResult sampled(String workload, CompareOptions options) {
        return new SampledComparison(
                        List.of(options), USUAL, () -> Workloads.open(workload, null, 4))
                .run(ProgressListener.NONE)
                .getFirst();
    }

    /// Of the shares of all setups, which intervals hold them.
    private static List<Boolean> held(ComparisonResult exact, SampledResult sampled) {
        List<Boolean> held = new ArrayList<>();
        for (int i = 0; i < SETUPS.size(); i++) {
            double share = exact.setups().get(i).translationShare(SMALL);
            ShareEstimate estimate = sampled.sample().shares().get(i);
            held.add(share >= estimate.low() && share <= estimate.high());
        }
        return held;
    }

    private static double part(List<Boolean> held) {
        return (double) held.stream().filter(one -> one).count() / held.size();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gups:footprint=32MiB",
                "btree:footprint=32MiB",
                "pointer-chase:footprint=512KiB",
                "pointer-chase:footprint=1MiB"
            })
    void cachesThatAreNotFilledBeforeUnitsAreFound(String program) {
        int nested = SETUPS.indexOf("nested:4K/4K");
        String workload = program(program, 1);
        ComparisonResult exact = exact(workload, options(1, 0, 1));
        SampleSize size = SampleSize.of(List.of(options(1, 0, 1)));
        SampleSize cold = new SampleSize(1, 0, size.unit(), size.first());
        SampledResult sampled =
                new SampledComparison(
                                List.of(options(1, 0, 1)),
                                USUAL,
                                () -> Workloads.open(workload, null, 4),
                                cold)
                        .run(ProgressListener.NONE)
                        .getFirst();
        assertThat(held(exact, sampled).get(nested)).isFalse();
        assertThat(held(exact, sampled(workload, options(1, 0, 1))).get(nested)).isTrue();
    }

    @Test
    void whatIsKnownOfSkippedAccessesIsExact() {
        for (String program : PROGRAMS) {
            String workload = program(program, 3);
            List<SetupCounts> exact = exact(workload, options(1, 0, 1)).setups();
            SampledResult sampled = sampled(workload, options(1, 0, 1));
            assertThat(sampled.sample().made()).isLessThan(LENGTH);
            for (int i = 0; i < SETUPS.size(); i++) {
                SetupCounts estimate = sampled.result().setups().get(i);
                assertThat(estimate.counts().accesses()).isEqualTo(LENGTH);
                assertThat(estimate.exits()).isEqualTo(exact.get(i).exits());
                assertThat(estimate.pageTableBytes()).isEqualTo(exact.get(i).pageTableBytes());
                assertThat(estimate.counts().flagUpdates)
                        .isEqualTo(exact.get(i).counts().flagUpdates);
                assertThat(estimate.translationShare(SMALL))
                        .isEqualTo(
                                sampled.sample().shares().get(i).share(),
                                org.assertj.core.data.Offset.offset(1e-4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void resultsDoNotDependOnThreads(int threads) {
        String workload = program(PROGRAMS.getFirst(), 1);
        SampledResult one = sampled(workload, options(1, 0, 1));
        SampledResult many = sampled(workload, options(1, 0, threads));
        assertThat(many.sample()).isEqualTo(one.sample());
        assertThat(many.result().setups())
                .usingRecursiveComparison()
                .isEqualTo(one.result().setups());
    }

    @Test
    void warmUpIsNotPartOfWhatIsEstimated() {
        String workload = program("zipf:footprint=64MiB", 5);
        CompareOptions options = options(1, 100_000, 1);
        SampledResult sampled = sampled(workload, options);
        assertThat(sampled.result().setups().getFirst().counts().accesses())
                .isEqualTo(LENGTH - 100_000);
        assertThat(held(exact(workload, options), sampled)).containsOnly(true);
    }

    @Test
    void shortRunsAreExact() {
        String workload = "gups:footprint=32MiB,accesses=200k";
        SampledResult sampled = sampled(workload, options(1, 0, 1));
        assertThat(sampled.sample().units()).isZero();
        assertThat(sampled.sample().reached()).isTrue();
        assertThat(sampled.result().setups())
                .usingRecursiveComparison()
                .isEqualTo(exact(workload, options(1, 0, 1)).setups());
    }

    @Test
    void tracesAreSampled() {
        String trace =
                Path.of(System.getProperty("nestwalk.root", ".."))
                        .resolve("examples/sort.nwt")
                        .toString();
        CompareOptions whole = options(1, 0, 1);
        CompareOptions first =
                new CompareOptions(
                        SMALL, SETUPS, 2_000_000, 0, 0, 1, "contiguous", "contiguous", 4, 4, 1);
        SampledResult sampled = sampled(trace, first);
        assertThat(sampled.sample().units()).isPositive();
        assertThat(sampled.result().setups().getFirst().counts().accesses()).isEqualTo(2_000_000);
        assertThat(part(held(exact(trace, first), sampled))).isGreaterThan(0.6);
        assertThat(whole.limit()).isGreaterThan(first.limit());
    }

    @Test
    void intervalsThatCannotBeReachedAreSaid() {
        String workload = program("xsbench:footprint=64MiB", 1);
        SampledResult sampled =
                new SampledComparison(
                                List.of(options(1, 0, 1)),
                                new Sampling(0.999, 0.001),
                                () -> Workloads.open(workload, null, 4))
                        .run(ProgressListener.NONE)
                        .getFirst();
        assertThat(sampled.sample().reached()).isFalse();
        assertThat(sampled.result().complete()).isTrue();
    }

    @Test
    void interruptedPassSaysWhatItKnows() {
        String workload = program("gups:footprint=32MiB", 1);
        SampledResult sampled =
                new SampledComparison(
                                List.of(options(1, 0, 1)),
                                USUAL,
                                () -> Workloads.open(workload, null, 4))
                        .run(event -> event.done() < LENGTH / 2)
                        .getFirst();
        assertThat(sampled.result().complete()).isFalse();
        assertThat(sampled.sample().reached()).isFalse();
        assertThat(sampled.result().setups().getFirst().counts().accesses())
                .isBetween(LENGTH / 4L, LENGTH * 2L / 3);
    }

    @Test
    void warmUpBeyondTheEndIsRefused() {
        CompareOptions options = options(1, 2L * LENGTH, 1);
        assertThatThrownBy(() -> sampled(program("gups:footprint=32MiB", 1), options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("warm-up");
    }
}
