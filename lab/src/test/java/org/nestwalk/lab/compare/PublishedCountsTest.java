package org.nestwalk.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.mmu.count.MmuCounts;

/// The counts that an independent C++ program (three guest walk caches, no nested TLB) and
/// DynamoRIO's TLB simulator give for the same streams and TLBs.
class PublishedCountsTest {
    @ParameterizedTest
    @CsvSource({
        "yardstick-gups, 2000000, 1999539, 1988339, 19264544, 1864566, 123772",
        "yardstick-zipf, 2000000, 1587119, 1045985, 10140344, 982080, 63904",
        "yardstick-seq, 20000000, 39063, 39063, 195714, 76, 38986",
    })
    void streamsCountAsTheYardstickDoes(
            String program,
            long limit,
            long l1Misses,
            long walks,
            long references,
            long afterPdpte,
            long afterPde) {
        CompareOptions options = Comparisons.yardstick("nested:4K/4K");
        MmuCounts counts =
                Comparisons.run(program, Comparisons.with(options, limit, 0, 0, 1))
                        .setups()
                        .getFirst()
                        .counts();
        assertThat(counts.accesses()).isEqualTo(limit);
        assertThat(counts.l1Misses()).isEqualTo(l1Misses);
        assertThat(counts.l2Misses()).isEqualTo(walks);
        assertThat(counts.walks.walks).isEqualTo(walks);
        assertThat(counts.walks.references()).isEqualTo(references);
        assertThat(counts.walks.starts[0]).isEqualTo(1);
        assertThat(counts.walks.starts[3]).isEqualTo(afterPdpte);
        assertThat(counts.walks.starts[2]).isEqualTo(afterPde);
    }

    @ParameterizedTest
    @ValueSource(strings = {"native:4K", "tlb:4K"})
    void recordedTraceCountsAsDynamoRioDoes(String setup) {
        MmuCounts counts =
                Comparisons.run(
                                Comparisons.sample("true.drmemtrace.zip"),
                                Comparisons.yardstick(setup))
                        .setups()
                        .getFirst()
                        .counts();
        assertThat(counts.fetches).isEqualTo(113_287);
        assertThat(counts.loads).isEqualTo(26_448);
        assertThat(counts.stores).isEqualTo(10_735);
        long translations = counts.accesses() + counts.pageCrossings;
        assertThat(translations).isEqualTo(113_357 + 61 + 37_093 + 90);
        assertThat(counts.l1InstructionMisses).isEqualTo(61);
        assertThat(counts.l1DataMisses).isEqualTo(90);
        assertThat(counts.l2Misses()).isEqualTo(135);
        assertThat(counts.l1Misses() - counts.l2Misses()).isEqualTo(16);
    }

    @Test
    void tlbMissesAreTheSameWhateverTheSetup() {
        ComparisonResult result =
                Comparisons.run(
                        Comparisons.sample("true.drmemtrace.zip"),
                        Comparisons.yardstick(
                                "native:4K", "nested:4K/2M", "shadow:4K", "flat:4K", "tlb:4K"));
        assertThat(result.setups())
                .allSatisfy(setup -> assertThat(setup.counts().l2Misses()).isEqualTo(135));
    }

    @Test
    void tlbsAloneTakeNoReferenceOfAWalk() {
        MmuCounts counts =
                Comparisons.run(
                                Comparisons.sample("true.drmemtrace.zip"),
                                Comparisons.yardstick("tlb:4K"))
                        .setups()
                        .getFirst()
                        .counts();
        assertThat(counts.walks.walks).isEqualTo(135);
        assertThat(counts.walks.references()).isZero();
        assertThat(counts.walkCycles).isZero();
    }
}
