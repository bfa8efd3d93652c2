package org.nestwalk.bench.compare.measured;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bench.Streams;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

final class MeasuredTest {
    private static final int ACCESSES = 100_000;

    @Test
    void allModesMissTheSameTlbEntries() {
        MmuCounts tlbs = counts(Mode.TLBS.processor());
        MmuCounts walks = counts(Mode.WALKS.processor());
        MmuCounts caches = counts(Mode.CACHES.processor());
        assertThat(tlbs.walks.walks)
                .isEqualTo(walks.walks.walks)
                .isEqualTo(caches.walks.walks)
                .isGreaterThan(ACCESSES / 3);
        assertThat(tlbs.l1Misses()).isEqualTo(walks.l1Misses()).isEqualTo(caches.l1Misses());
    }

    @Test
    void withoutPagingAMissCostsNoReference() {
        assertThat(counts(Mode.TLBS.processor()).walks.references()).isZero();
    }

    @Test
    void whereTablesLieChangesOnlyWhatServesTheReferences() {
        MmuCounts setups = counts(Mode.CACHES.processor());
        MmuCounts yardsticks = counts(Mode.CACHES.processorOnYardstickTables(accesses()));
        assertThat(yardsticks.walks.references()).isEqualTo(setups.walks.references());
        assertThat(yardsticks.walks.starts).isEqualTo(setups.walks.starts);
        assertThat(yardsticks.walks.secondServed).isNotEqualTo(setups.walks.secondServed);
    }

    @Test
    void theSweepHasSixteenDifferentMachines() {
        assertThat(SweepConfigurations.all()).hasSize(16).doesNotHaveDuplicates();
        assertThat(SweepConfigurations.names()).doesNotHaveDuplicates();
        assertThat(SweepConfigurations.all())
                .extracting(configuration -> configuration.machine())
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDecodedHasTheRecordsItClaims(DecodingInput input, @TempDir Path directory) {
        long accesses = 0;
        TraceBlock block = new TraceBlock();
        try (TraceReader reader = Traces.open(input.in(directory, 10_000), input.format())) {
            while (reader.read(block) > 0) {
                accesses += block.count;
            }
        }
        assertThat(accesses).isEqualTo(input == DecodingInput.LACKEY ? 10_000 : 20_000);
    }

    private static MmuCounts counts(Mmu mmu) {
        mmu.run(accesses(), 0, ACCESSES);
        return mmu.counts();
    }

    private static long[] accesses() {
        return Streams.of("yardstick-zipf", ACCESSES);
    }
}
