package org.nestwalk.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.stats.TraceStatistics;
import org.nestwalk.traces.stats.TraceSummary;

/// Traces that were once read wrongly, or in part, without a word. Each stands for a kind, of which
/// the tests of readers have more.
class CasesTest {
    private static final Path CASES = Path.of("src/test/resources/cases");

    private static TraceReader open(String name, @Nullable TraceFormat format) {
        return Traces.open(CASES.resolve(name), format);
    }

    private static TraceSummary summary(String name) {
        try (TraceReader reader = open(name, null)) {
            return TraceStatistics.of(reader, n -> {});
        }
    }

    private static TraceInfo infoAtEnd(String name) {
        try (TraceReader reader = open(name, null)) {
            TraceStatistics.of(reader, n -> {});
            return reader.info();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "drmemtrace-legacy-static.trace, 290, 60, 48",
        "drmemtrace-l0filter.trace, 100, 1000, 0",
        "drmemtrace-sysenter.trace, 3, 0, 0",
        "drmemtrace-3pages.trace, 1, 0, 1",
        "drmemtrace-tagged.trace, 1, 2, 0",
        "drmemtrace-two-processes.trace, 200, 200, 0",
        "pzstd.lackey.zst, 2000, 327, 350",
        "lackey.bz2, 1000, 169, 171",
        "lackey.lz4, 1000, 169, 171",
        "lackey.lzma, 1000, 169, 171",
        "superblocks.lackey, 10, 0, 3",
        "blank-first-line.lackey, 1, 0, 0",
        "gem5.ptrc.gz, 0, 250, 250"
    })
    void holdsSoManyFetchesLoadsAndStores(String name, int fetches, int loads, int stores) {
        long[] counts = Samples.byKind(Samples.all(open(name, null)));

        assertThat(List.of(counts[Access.FETCH], counts[Access.LOAD], counts[Access.STORE]))
                .containsExactly((long) fetches, (long) loads, (long) stores);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "champsim-ip0.champsim | the contents are of no known trace format",
                "gzip-trunchdr2.lackey.gz | the file is damaged or cut short",
                "zip-badhdr2.zip | the file is damaged or cut short",
                "zip-cut_after1.zip | the zip ends before its central directory does",
                "zip-cut_in2hdr.zip | the zip ends before its central directory does",
                "zip-missingmid.zip | chunk 1 is missing from this drmemtrace zip",
                "dict256MiB.lackey.xz | needs 257MiB of memory, and 256MiB are allowed",
                "long31.lackey.zst | needs 2GiB of memory, and 256MiB are allowed"
            })
    void isRefusedWithASentence(String name, String sentence) {
        assertThatThrownBy(() -> Samples.all(open(name, null)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drmemtrace-aarch64-64k.trace | recorded on aarch64",
                "drmemtrace-aarch64-64k.trace | base pages of 64KiB",
                "drmemtrace-l0filter.trace | filtered while it was recorded",
                "gem5.ptrc.gz | addresses of gem5's memory system"
            })
    void warnsOf(String name, String warning) {
        assertThat(infoAtEnd(name).warnings()).anySatisfy(w -> assertThat(w).contains(warning));
    }

    @Test
    void aTraceWithoutFooterIsSaidToBeCutOff() {
        assertThat(infoAtEnd("drmemtrace-nofooter.trace").note()).contains("footer is missing");
        assertThat(infoAtEnd("drmemtrace-sysenter.trace").note()).isNull();
    }

    @Test
    void tellsTheProcessesApart() {
        assertThat(infoAtEnd("drmemtrace-two-processes.trace").processes()).containsExactly(1L, 2L);
    }

    @Test
    void namedChampSimRecordsWithAnInstructionPointerOfZeroAreRead() {
        long[] counts =
                Samples.byKind(Samples.all(open("champsim-ip0.champsim", TraceFormat.CHAMPSIM)));

        assertThat(counts).containsExactly(75, 38, 200, 0);
    }

    @ParameterizedTest
    @CsvSource({"drmemtrace-3pages.trace, 3", "span16.lackey, 16"})
    void countsEveryPageOfAnAccess(String name, int pages) {
        assertThat(summary(name).data().pages4k()).isEqualTo(pages);
        assertThat(summary(name).crossing()).isEqualTo(1);
    }
}
