package org.nestwalk.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.traces.TraceFormat;

class ComparisonTest {
    private static final String PROGRAM = "zipf:footprint=64MiB,accesses=100000,seed=3,writes=0.3";

    @TempDir private Path folder = Path.of("");

    private static CompareOptions defaults() {
        return Comparisons.yardstick(Setups.DEFAULT.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void resultsDoNotDependOnThreads(int threads) {
        ComparisonResult one = Comparisons.run(PROGRAM, defaults());
        ComparisonResult many = Comparisons.run(PROGRAM, Comparisons.threads(defaults(), threads));
        assertThat(many.setups()).usingRecursiveComparison().isEqualTo(one.setups());
    }

    @Test
    void intervalsAddUpToTheWhole() {
        ComparisonResult result =
                Comparisons.run(
                        PROGRAM, Comparisons.with(defaults(), Long.MAX_VALUE, 10_000, 7_000, 1));
        assertThat(result.intervals()).hasSize(13);
        for (int setup = 0; setup < result.setups().size(); setup++) {
            long accesses = 0;
            long misses = 0;
            long cycles = 0;
            for (List<SetupCounts> interval : result.intervals()) {
                MmuCounts counts = interval.get(setup).counts();
                accesses += counts.accesses();
                misses += counts.l1Misses();
                cycles += counts.walkCycles;
            }
            MmuCounts all = result.setups().get(setup).counts();
            assertThat(accesses).isEqualTo(all.accesses()).isEqualTo(90_000);
            assertThat(misses).isEqualTo(all.l1Misses());
            assertThat(cycles).isEqualTo(all.walkCycles);
        }
    }

    @Test
    void warmupIsRunButNotCounted() {
        String program = "sequential:footprint=64KiB,accesses=100000,seed=3";
        ComparisonResult result =
                Comparisons.run(program, Comparisons.with(defaults(), 60_000, 50_000, 0, 1));
        assertThat(result.setups().getFirst().counts().accesses()).isEqualTo(10_000);
        assertThat(result.setups().getFirst().counts().l1Misses()).isZero();
    }

    @Test
    void limitEndsTheRunAtExactlySoManyAccesses() {
        CompareOptions options = Comparisons.with(defaults(), 12_345, 0, 0, 1);
        ComparisonResult result = Comparisons.run(Comparisons.sample("true.lackey.gz"), options);
        assertThat(result.setups())
                .allSatisfy(setup -> assertThat(setup.counts().accesses()).isEqualTo(12_345));
    }

    @Test
    void interruptedRunKeepsWhatThereIs() {
        Workload workload = Workloads.open("gups:footprint=64MiB,accesses=10M", null, 4);
        ComparisonResult result =
                new Comparison(defaults()).run(workload, event -> event.done() < 60_000);
        assertThat(result.complete()).isFalse();
        assertThat(result.setups().getFirst().counts().accesses()).isBetween(60_000L, 100_000L);
    }

    @Test
    void nonCanonicalAddressesAreLeftOutAndCounted() throws IOException {
        Path trace = folder.resolve("trace.raw");
        ByteBuffer words = ByteBuffer.allocate(4 * 8).order(ByteOrder.LITTLE_ENDIAN);
        words.putLong(0x7f00_0000_1000L).putLong(0x0001_2345_6789_0000L);
        words.putLong(0x7f00_0000_2000L | Long.MIN_VALUE).putLong(0x8000_0000_0000L);
        Files.write(trace, words.array());
        try (Workload workload = Workloads.open(trace.toString(), TraceFormat.RAW, 4)) {
            ComparisonResult result =
                    new Comparison(defaults()).run(workload, ProgressListener.NONE);
            assertThat(result.nonCanonical()).isEqualTo(2);
            assertThat(result.setups().getFirst().counts().loads).isEqualTo(1);
            assertThat(result.setups().getFirst().counts().stores).isEqualTo(1);
        }
    }

    @Test
    void accessAcrossThePageBoundaryIsTranslatedTwiceAndCountedOnce() throws IOException {
        Path trace = folder.resolve("trace.lackey");
        Files.writeString(trace, "==1== Lackey\n L 1fff000ffc,8\n S 1fff003000,8\n");
        ComparisonResult result =
                Comparisons.run(trace.toString(), Comparisons.yardstick("native:4K", "native:2M"));
        MmuCounts small = result.setups().getFirst().counts();
        assertThat(small.accesses()).isEqualTo(2);
        assertThat(small.pageCrossings).isEqualTo(1);
        assertThat(small.l1DataMisses).isEqualTo(3);
        assertThat(result.setups().getLast().counts().l1DataMisses).isEqualTo(1);
    }

    @Test
    void traceWithoutAccessesIsAnError() throws IOException {
        Path trace = folder.resolve("trace.lackey");
        Files.writeString(trace, "==1== Lackey\n");
        assertThatThrownBy(() -> Comparisons.run(trace.toString(), defaults()))
                .isInstanceOf(InputException.class);
    }

    @Test
    void warmupBeyondTheEndIsAnError() {
        CompareOptions options = Comparisons.with(defaults(), Long.MAX_VALUE, 200_000, 0, 1);
        assertThatThrownBy(() -> Comparisons.run(PROGRAM, options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("within the 200,000 of the warm-up");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nested", "nested:4K", "native:4K/4K", "native:3K", "none:4K", ":4K"})
    void unknownSetupIsAnErrorThatSaysWhatIsRight(String setup) {
        assertThatThrownBy(() -> Setups.parse(setup))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("4K, 2M or 1G");
    }

    @Test
    void fragmentedGuestMemoryMixesPageSizes() {
        CompareOptions options = Comparisons.yardstick("nested:2M/2M");
        String program = "gups:footprint=256MiB,accesses=200000,seed=2";
        long whole = misses(program, options);
        long mixed = misses(program, Comparisons.layouts(options, "fragmented:0.5", "contiguous"));
        long broken = misses(program, Comparisons.layouts(options, "fragmented:1", "contiguous"));
        assertThat(whole).isLessThan(mixed);
        assertThat(mixed).isLessThan(broken);
    }

    private static long misses(String program, CompareOptions options) {
        return Comparisons.run(program, options).setups().getFirst().counts().l2Misses();
    }

    @Test
    void shadowPagingExitsForEveryGuestTableEntry() {
        String program = "sequential:footprint=4MiB,accesses=524288,seed=1";
        SetupCounts shadow =
                Comparisons.run(program, Comparisons.yardstick("shadow:4K")).setups().getFirst();
        assertThat(shadow.exits()).isEqualTo(1024 + 2 + 1 + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gups", "btree", "zipf"})
    void footprintOfATebibyteCostsWhatItTouches(String program) {
        String spec = program + ":footprint=1TiB,accesses=20000,seed=9";
        CompareOptions options = Comparisons.yardstick("nested:4K/4K", "nested:2M/2M");
        ComparisonResult result = Comparisons.run(spec, options);
        assertThat(result.setups().getFirst().pageTableBytes()).isLessThan(512L << 20);
    }

    @Test
    void everyPresetRunsARecordedTrace() {
        for (String machine : Machines.presets()) {
            CompareOptions options =
                    Comparisons.options(
                            Machines.named(machine).model(), Setups.all().toArray(String[]::new));
            CompareOptions limited = Comparisons.with(options, 20_000, 0, 0, 1);
            ComparisonResult result =
                    Comparisons.run(Comparisons.sample("true.drmemtrace.zip"), limited);
            assertThat(result.setups())
                    .allSatisfy(setup ->
                            assertThat(setup.counts().l2Misses())
                                    .isEqualTo(setup.counts().walks.walks));
        }
    }
}
