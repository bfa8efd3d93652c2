package org.nestwalk.lab.labs.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.Bin;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.Row;
import org.nestwalk.lab.labs.prefetch.PrefetchResult.WrongHint;

/// Sentences about planted figures: each turns when the figures do.
class PrefetchDocumentTest {
    private static Row row(
            String pattern,
            String way,
            long calls,
            long violations,
            long p99,
            long all,
            long waste) {
        return new Row(
                pattern,
                way,
                128,
                calls,
                violations,
                p99,
                p99,
                p99,
                p99,
                5,
                100,
                0,
                all,
                waste,
                waste,
                List.of(new Bin(512, 100)));
    }

    private static String text(@Nullable List<WrongHint> wrong, Row... rows) {
        return OneLine.of(
                PrefetchDocument.of(
                        new PrefetchResult(
                                "a machine",
                                "cycles",
                                100,
                                64,
                                16,
                                1_000L,
                                null,
                                List.of(rows),
                                wrong)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | 0 | 100 | Hints turn 128 violations into 2 hypercalls and 0 violations."
                        + " | take no longer than 100 cycles, as TLB misses",
                "3 | 0 | 110 | into 3 hypercalls, of at most 2, and leave 0 violations."
                        + " | take no longer than 110 cycles",
                "2 | 1 | 111 | into 2 hypercalls, of at most 2, and leave 1 violation."
                        + " | take up to 111 cycles, on memory that has been there all along up to"
                        + " 100."
            })
    void whatAHintDoesIsSaid(long calls, long left, long p99, String said, String latency) {
        assertThat(
                        text(
                                null,
                                row("random", "demand", 0, 128, 6000, 9000, 0),
                                row("random", "hint", calls, left, p99, 5000, 0),
                                row("random", "eager", 0, 0, 100, 4000, 4096)))
                .contains(said, latency);
    }

    @ParameterizedTest
    @CsvSource({
        "4900, pays: touches take 0.980 times as long",
        "5000, does not pay",
        "5100, 'does not pay: touches take 1.020 times as long, but all in all it is 1.0200 times.'"
    })
    void whatWarmEntriesAreWorthIsSaid(long warm, String said) {
        assertThat(
                        text(
                                null,
                                row("random", "hint", 2, 0, 100, 5000, 0),
                                row("random", "hint-warm", 2, 0, 100, warm, 0)))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource({"10, 128, without order nothing but a hint helps", "90, 100, of a random one."})
    void whereStridesAreFoundIsSaid(long strided, long random, String said) {
        assertThat(
                        text(
                                null,
                                row("strided", "stride", 0, strided, 100, 5000, 0),
                                row("random", "stride", 0, random, 100, 5000, 0)))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource({"0, 'wastes 4 KiB, hints 0 KiB.'", "4096, 'hints no less: 4 KiB'"})
    void whoWastesMemoryIsSaid(long waste, String said) {
        assertThat(
                        text(
                                null,
                                row("random", "hint", 2, 0, 100, 5000, waste),
                                row("random", "eager", 0, 0, 100, 5000, 4096)))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource({
        "100, 1000, '100 pages, of 100 that the cap allows, and 50 % of the cycles'",
        "101, 1000, '101 pages, where the cap is 100'",
        "100, 2001, 'and 100 % of the cycles that it allows.'"
    })
    void whetherHostileHintsAreCappedIsSaid(long backed, long cycles, String said) {
        WrongHint hostile = new WrongHint("hostile", 7, 1, 2, backed, 4096, 100, cycles, 2000);
        assertThat(text(List.of(hostile), row("random", "hint", 2, 0, 100, 5000, 0)))
                .contains("7 hostile hints cost the host", said);
    }

    @ParameterizedTest
    @CsvSource({"89, take 100 ns on demand", "91, gains little"})
    void whatPopulatingIsWorthIsSaid(long populated, String said) {
        List<Row> rows =
                List.of(
                        measured("demand", 100),
                        measured("populated", populated),
                        measured("touched", 5));
        PrefetchResult result =
                new PrefetchResult(
                        null, "ns", 100, null, 16, null, List.of("pre-faulted: none"), rows, null);
        assertThat(OneLine.of(PrefetchDocument.of(result)))
                .contains(said, "pre-faulted: none", "5 ns where KVM has mapped it");
    }

    private static Row measured(String way, long median) {
        return new Row(
                "random", way, 0, 0, null, median, median, median, median, 5, 0, 0, 9, 9, 0,
                List.of());
    }

    @Test
    void jitterIsThatOfWholeActivations() {
        assertThat(new TouchTimes(new long[] {1, 2, 3, 4, 100}).jitter(2)).isEqualTo(4);
        assertThat(new TouchTimes(new long[] {1, 2}).jitter(16)).isZero();
        assertThat(new TouchTimes(new long[] {5, 1, 3, 4}).percentile(0.5)).isEqualTo(3);
        assertThat(new TouchTimes(new long[] {0, 1, 2, 3, 4}).histogram())
                .containsExactly(new Bin(1, 2), new Bin(2, 2), new Bin(4, 1));
    }
}
