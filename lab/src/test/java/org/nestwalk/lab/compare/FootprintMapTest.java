package org.nestwalk.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.memory.Longs;
import org.nestwalk.random.Xoshiro256;

/// What is counted by page and time is what was counted in all, wherever it goes.
class FootprintMapTest {
    private static final String PROGRAM = "zipf:footprint=64MiB,accesses=30k";

    private static long sum(Longs values) {
        long[] sum = {0};
        values.forEach(value -> sum[0] += value);
        return sum[0];
    }

    /// Against plain sums over all accesses.
    @ParameterizedTest
    @CsvSource({"1, 100", "64, 100", "65, 3", "1000, 48", "5000, 3000", "40000, 100000"})
    void rowsAndColumnsAreSumsOverPagesAndTimes(int accesses, long range) {
        Xoshiro256 random = new Xoshiro256(accesses);
        FootprintMap map = new FootprintMap();
        long[] addresses = new long[accesses];
        long[] walks = new long[accesses];
        for (int i = 0; i < accesses; i++) {
            // Some lie above, in the kernel's half.
            long half = random.nextBelow(10) == 0 ? -1L << 40 : 0x7f00_0000_0000L;
            addresses[i] = half + (random.nextBelow(range) << 12 | random.nextBelow(4096));
            walks[i] = random.nextBelow(3);
            map.add(addresses[i], walks[i], walks[i] / 2);
        }
        Footprint footprint = map.footprint();
        assertThat(footprint.accesses()).isEqualTo(accesses);
        assertThat(Long.bitCount(footprint.width())).isOne();
        assertThat(footprint.rows()).hasSizeLessThanOrEqualTo(FootprintMap.ROWS + 1);
        long columns = (accesses + footprint.width() - 1) / footprint.width();
        assertThat(columns).isLessThanOrEqualTo(FootprintMap.COLUMNS);
        assertThat(accesses <= FootprintMap.COLUMNS || columns > FootprintMap.COLUMNS / 2).isTrue();
        long[][] expected = new long[footprint.rows().size()][(int) columns];
        long[][] missed = new long[footprint.rows().size()][(int) columns];
        for (int i = 0; i < accesses; i++) {
            int row = 0;
            while (Long.compareUnsigned(addresses[i], footprint.rows().get(row).end()) >= 0
                    && footprint.rows().get(row).end() != 0) {
                row++;
            }
            assertThat(Long.compareUnsigned(addresses[i], footprint.rows().get(row).start()))
                    .isNotNegative();
            expected[row][(int) (i / footprint.width())]++;
            missed[row][(int) (i / footprint.width())] += walks[i];
        }
        for (int row = 0; row < expected.length; row++) {
            Footprint.Row one = footprint.rows().get(row);
            assertThat(one.accesses().toArray()).containsExactly(expected[row]);
            assertThat(one.walks().toArray()).containsExactly(missed[row]);
            assertThat(one.touched()).isPositive().isLessThanOrEqualTo(one.end() - one.start());
            assertThat(one.touched() % (1L << 12)).isZero();
            assertThat(one.start() % 4096).isZero();
        }
    }

    @Test
    void nothingCountedIsNothingShown() {
        FootprintMap map = new FootprintMap();
        map.add(0x7f00_0000_0000L, 1, 0);
        map.clear();
        assertThat(map.footprint()).isEqualTo(new Footprint(0, 1, List.of()));
    }

    @Test
    void resultsAreWhatTheyAreWithoutAMap() {
        for (String machine : new String[] {"yardstick", "skylake-sp"}) {
            CompareOptions options =
                    Comparisons.options(
                            Machines.named(machine).model(),
                            "native:4K",
                            "nested:4K/4K",
                            "nested:2M/4K");
            ComparisonResult plain = Comparisons.run(PROGRAM, options);
            ComparisonResult mapped = mapped(PROGRAM, options);
            assertThat(mapped.setups()).usingRecursiveComparison().isEqualTo(plain.setups());
            assertThat(plain.footprints()).isEmpty();
            assertThat(mapped.footprints()).hasSize(3);
            for (int i = 0; i < 3; i++) {
                Footprint footprint = mapped.footprints().get(i);
                SetupCounts counts = plain.setups().get(i);
                assertThat(footprint.accesses()).isEqualTo(30_000);
                assertThat(footprint.rows().stream().mapToLong(row -> sum(row.walks())).sum())
                        .isEqualTo(counts.counts().walks.walks);
                assertThat(footprint.rows().stream().mapToLong(row -> sum(row.splintered())).sum())
                        .isEqualTo(counts.counts().splinteredFills);
            }
            assertThat(mapped.footprints().get(2).rows())
                    .anyMatch(row -> sum(row.splintered()) > 0);
        }
    }

    @Test
    void whatRunsBeforeCountingIsNotOnTheMap() {
        CompareOptions options =
                Comparisons.with(
                        Comparisons.yardstick("nested:4K/4K"), Long.MAX_VALUE, 20_000, 0, 1);
        ComparisonResult result = mapped(PROGRAM, options);
        Footprint footprint = result.footprints().getFirst();
        assertThat(footprint.accesses()).isEqualTo(10_000);
        assertThat(footprint.rows().stream().mapToLong(row -> sum(row.walks())).sum())
                .isEqualTo(result.setups().getFirst().counts().walks.walks);
    }

    /// Pages that are hot are where accesses are.
    @Test
    void aProgramsRangesAreItsOwn() {
        Footprint footprint =
                mapped("sequential:footprint=4MiB,accesses=64k", Comparisons.yardstick("native:4K"))
                        .footprints()
                        .getFirst();
        Map<Long, Long> byStart = new TreeMap<>();
        footprint.rows().forEach(row -> byStart.put(row.start(), sum(row.accesses())));
        assertThat(byStart.keySet()).allMatch(start -> start >= 0x7f00_0000_0000L);
        assertThat(footprint.rows().getLast().end() - footprint.rows().getFirst().start())
                .isLessThanOrEqualTo(4 << 20);
    }

    private static ComparisonResult mapped(String workload, CompareOptions options) {
        try (Workload opened = Workloads.open(workload, null, options.guestLevels())) {
            Comparison comparison = new Comparison(options);
            comparison.map();
            return comparison.run(opened, ProgressListener.NONE);
        }
    }
}
