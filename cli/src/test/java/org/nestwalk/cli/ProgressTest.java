package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.progress.Pace;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressReport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProgressTest {
    @ParameterizedTest
    @CsvSource({
        "/dev/pts/0, true",
        "/dev/pts/17, true",
        "/dev/tty, true",
        "/dev/tty1, true",
        "/dev/console, true",
        "/dev/null, false",
        "/home/me/dev/tty1, false",
        "pipe:[4711], false",
        "/tmp/errors.log, false",
    })
    void standardErrorIsATerminalByTheNameOfItsDevice(String path, boolean terminal) {
        assertThat(Terminal.isDevice(path)).isEqualTo(terminal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "120 | run gups 12,500,000 accesses, 2.5 million a second, 25 %, 15 s left",
                "57  | run gups, 2.5 million accesses a second, 25 %, 15 s left",
                "56  | run gups, 2.5 million a second, 25 %, 15 s left",
                "30  | run gups, 25 %, 15 s left",
                "20  | 25 %, 15 s left",
                "8   | 25 %, 1",
                "1   | 2",
            })
    void aNarrowTerminalGetsWhatMattersMost(int columns, String line) {
        assertThat(
                        line(
                                "run gups",
                                "accesses",
                                12_500_000,
                                OptionalLong.of(50_000_000),
                                5,
                                columns))
                .isEqualTo(line);
    }

    private static String line(
            String phase, String unit, long done, OptionalLong total, double seconds, int columns) {
        ProgressEvent event = new ProgressEvent(phase, done, total, unit, Map.of());
        return Progress.line(ProgressReport.of(event, seconds, new Pace()), columns);
    }

    /// A slow beginning and a pause in which nothing counts change the time left no longer than
    /// they have taken.
    @Test
    void timeLeftIsThatOfTheSecondHalfOfTheTime() {
        Pace pace = new Pace();
        OptionalLong total = OptionalLong.of(10_000);
        for (int second = 1; second <= 10; second++) {
            assertThat(pace.left(second, second, total)).isPresent();
        }
        for (int second = 11; second <= 20; second++) {
            var _ = pace.left(second, 10 + 100L * (second - 10), total);
        }
        assertThat(pace.left(21, 1_110, total).orElseThrow()).isBetween(85.0, 95.0);
        for (int second = 22; second <= 30; second++) {
            assertThat(pace.left(second, 1_110, total).orElseThrow()).isBetween(85.0, 500.0);
        }
        assertThat(pace.left(60, 1_110, total)).isEmpty();
    }

    @Test
    void withoutATotalThereIsARate() {
        assertThat(line("recorded", "accesses", 1_200, OptionalLong.empty(), 100, 80))
                .isEqualTo("recorded 1,200 accesses, 12 a second");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 10, 99, 14 min 51 s",
        "1, 3, 100, 3 min 20 s",
        "1, 1000, 10, 2 h 46 min",
        "3, 4, 99, 33 s"
    })
    void longTimesAreInMinutesAndHours(long done, long total, double seconds, String left) {
        assertThat(line("run", "steps", done, OptionalLong.of(total), seconds, 80))
                .endsWith(" %, " + left + " left");
    }

    private static Nestwalk.Result run(String form) {
        return Nestwalk.run(
                "run",
                "gups:footprint=4MiB,accesses=100k",
                "zipf:footprint=4MiB,accesses=50k",
                "--setups",
                "native:4K",
                "--progress",
                form);
    }

    @Test
    void programsReadHowFarItIsAsLinesOfJson() {
        List<JsonNode> events =
                run("json").err().lines().map(JsonMapper.shared()::readTree).toList();
        assertThat(events).isNotEmpty();
        JsonNode last = events.getLast();
        assertThat(last.propertyNames())
                .containsExactly(
                        "phase",
                        "done",
                        "total",
                        "unit",
                        "seconds",
                        "rate",
                        "secondsLeft",
                        "figures");
        assertThat(last.get("phase").asString()).startsWith("run zipf:");
        assertThat(last.get("unit").asString()).isEqualTo("accesses");
        assertThat(last.get("done").asLong()).isEqualTo(50_000);
        assertThat(last.get("total").asLong()).isEqualTo(50_000);
        assertThat(last.get("rate").asDouble()).isPositive();
        assertThat(last.get("secondsLeft").asDouble()).isZero();
    }

    @Test
    void labsAndTracesTellProgramsToo() {
        Nestwalk.Result lab =
                Nestwalk.run(
                        "lab",
                        "hint",
                        "gups:footprint=16MiB,accesses=20k",
                        "--memory",
                        "64MiB",
                        "--progress",
                        "json");
        assertThat(lab.status()).as(lab.err()).isZero();
        assertThat(lab.err()).contains("{\"phase\":\"run\",\"done\":");
        assertThat(Nestwalk.run("trace", "info", Nestwalk.LACKEY, "--progress", "json").err())
                .startsWith("{\"phase\":\"read\",\"done\":");
    }

    @Test
    void nothingIsToldWhereStandardErrorIsNoTerminalUnlessAsked() {
        assertThat(run("none").err()).isEmpty();
        assertThat(run("none").out()).contains("native:4K");
        assertThat(run("Text").status()).isZero();
        assertThat(run("loud").err())
                .startsWith("nestwalk: --progress: 'loud' is not one of text, json, none\n");
    }

    @Test
    void timeLeftIsSaidOnceSomethingIsDone() {
        ProgressEvent event = ProgressEvent.run(25, OptionalLong.of(100));
        assertThat(ProgressReport.of(event, 5, new Pace()).secondsLeft()).isEqualTo(15);
        assertThat(
                        ProgressReport.of(ProgressEvent.run(0, OptionalLong.of(9)), 5, new Pace())
                                .secondsLeft())
                .isNull();
        assertThat(
                        ProgressReport.of(ProgressEvent.run(9, OptionalLong.empty()), 3, new Pace())
                                .rate())
                .isEqualTo(3);
    }
}
