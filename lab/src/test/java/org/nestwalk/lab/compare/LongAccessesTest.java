package org.nestwalk.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.Traces;
import org.nestwalk.traces.stats.TraceStatistics;
import org.nestwalk.traces.stats.TraceSummary;

/// Accesses of more than two pages touch all of them.
class LongAccessesTest {
    @TempDir private Path folder = Path.of("");

    private Path lackey(String... lines) throws IOException {
        Path trace = folder.resolve("long.lackey");
        Files.writeString(trace, "==1== Lackey\n" + String.join("\n", lines) + "\n");
        return trace;
    }

    @ParameterizedTest
    @CsvSource({
        "1fff000000, 65535, 16",
        "1fff000fff, 65535, 17",
        "1fff000001, 65535, 16",
        "1fff000000, 4096, 1",
        "1fff000001, 4096, 2",
        "1fff000ff0, 8208, 3",
        "1fff000ff0, 8209, 4",
        "1fff000800, 10000, 3"
    })
    void everyPageOfAnAccessIsTranslated(String address, int size, int pages) throws IOException {
        for (String kind : List.of("L", "S", "M")) {
            Path trace = lackey(" %s %s,%d".formatted(kind, address, size));
            MmuCounts counts =
                    Comparisons.run(trace.toString(), Comparisons.yardstick("native:4K"))
                            .setups()
                            .getFirst()
                            .counts();
            assertThat(counts.accesses()).isEqualTo(1);
            assertThat(counts.pageCrossings).isEqualTo(pages - 1);
            assertThat(counts.l1DataMisses).isEqualTo(pages);
            TraceSummary summary =
                    TraceStatistics.of(Traces.open(trace, (TraceFormat) null), _ -> {});
            assertThat(summary.data().pages4k()).isEqualTo(pages);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 33, 100, 4096})
    void accessesAreInOneBlockWithAllTheirParts(int length) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            lines.add(" L %x,%d".formatted(0x1f_ff00_0ff0L + (i << 20), 1 + i * 1600));
            lines.add(" S 1fff000100,8");
        }
        Path trace = lackey(lines.toArray(String[]::new));
        List<Long> parts = new ArrayList<>();
        try (Workload workload = Workloads.open(trace.toString(), null, 4)) {
            AccessSource source = workload.open();
            long[] block = new long[length];
            for (int count = source.next(block); count > 0; count = source.next(block)) {
                assertThat(Access.isContinued(block[0])).isFalse();
                for (int i = 0; i < count; i++) {
                    parts.add(block[i]);
                }
            }
        }
        long[] all = parts.stream().mapToLong(Long::longValue).toArray();
        assertThat(Access.count(all, 0, all.length)).isEqualTo(80);
        int words = 0;
        for (int i = 0; i < 40; i++) {
            words += 2 + (0xff0 + i * 1600) / 4096;
        }
        assertThat(all).hasSize(words);
        for (int i = 1; i < all.length; i++) {
            if (Access.isContinued(all[i])) {
                assertThat(Access.pageNumber(all[i])).isEqualTo(Access.pageNumber(all[i - 1]) + 1);
                assertThat(Access.address(all[i]) & 4095).isZero();
            }
        }
    }

    @Test
    void accessThatEndsBeyondCanonicalAddressesIsLeftOut() throws IOException {
        Path trace = lackey(" L 7fffffffe800,10000", " L 7fffffffe800,4096");
        try (Workload workload = Workloads.open(trace.toString(), null, 4)) {
            long[] block = new long[64];
            assertThat(workload.open().next(block)).isEqualTo(2);
            assertThat(workload.nonCanonical()).isEqualTo(1);
        }
    }
}
