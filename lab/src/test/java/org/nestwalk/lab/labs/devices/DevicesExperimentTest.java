package org.nestwalk.lab.labs.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.devices.DevicesResult.Misses;
import org.nestwalk.lab.labs.devices.DevicesResult.Throughput;
import org.nestwalk.parameter.Arguments;

/// The published experiment: calibrated on strict alone, the other ways come out as measured.
class DevicesExperimentTest {
    private static DevicesResult run(Map<String, List<String>> given) {
        DevicesExperiment experiment = new DevicesExperiment();
        return experiment.run(
                Laboratory.unwatched(), Arguments.of(experiment.spec().all(), given, name -> name));
    }

    private static Throughput row(DevicesResult result, String mode) {
        return result.throughput().stream()
                .filter(row -> row.mode().equals(mode))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void calibratedOnStrictAloneOthersComeOutAsPublished() {
        DevicesResult result = run(Map.of("packet", List.of("1500"), "packets", List.of("2000")));
        assertThat(row(result, "strict").share()).isBetween(0.429, 0.431);
        assertThat(row(result, "deferred").share()).isBetween(0.85, 0.95);
        assertThat(row(result, "optimistic").share()).isGreaterThanOrEqualTo(0.99);
        assertThat(row(result, "identity").busy()).isLessThan(row(result, "optimistic").busy());
        assertThat(result.throughput()).allMatch(row -> row.wrong() == 0);
        assertThat(row(result, "strict").exposedPageNanos()).isZero();
        assertThat(row(result, "optimistic").mostExposed()).isBetween(256L, 257L);
    }

    @Test
    void slowLineHasDeferredUnmapsFlushedByTheirTimer() {
        DevicesResult result =
                run(
                        Map.of(
                                "packet", List.of("1500"),
                                "packets", List.of("500"),
                                "line", List.of("0.1"),
                                "mode", List.of("deferred")));
        assertThat(row(result, "deferred").longestNanos()).isEqualTo(10_000_000);
        assertThat(row(result, "deferred").mostExposed()).isLessThan(256);
    }

    @ParameterizedTest
    @CsvSource({"40, 2.93, 1800", "10, 1.2, 1800", "10, 2.93, 3600", "0.7, 4, 0"})
    void anotherCardOrProcessorHasTheSameInvalidations(
            String line, String frequency, String packetCycles) {
        DevicesResult result =
                run(
                        Map.of(
                                "packet", List.of("1500"),
                                "packets", List.of("400"),
                                "line", List.of(line),
                                "frequency", List.of(frequency),
                                "packet-cycles", List.of(packetCycles),
                                "mode", List.of("strict")));
        assertThat(result.invalidationCycles()).isEqualTo(4_617);
        double cycles = row(result, "strict").cycles();
        assertThat(cycles - Double.parseDouble(packetCycles)).isBetween(6_300.0, 6_450.0);
        double lineCycles = 1500 * 8 / Double.parseDouble(line) * Double.parseDouble(frequency);
        assertThat(row(result, "strict").share())
                .isCloseTo(Math.min(1, lineCycles / cycles), within(0.002));
        assertThat(OneLine.of(DevicesDocument.of(result))).doesNotContain("published 91");
    }

    @Test
    void whatIsExposedAtTheEndCountsAndPagesDo() {
        DevicesResult result =
                run(
                        Map.of(
                                "packet", List.of("9000"),
                                "packets", List.of("100"),
                                "ring", List.of("64"),
                                "mode", List.of("deferred", "optimistic")));
        // Not one flush: all 100 wait, three pages each.
        assertThat(row(result, "deferred").mostExposed()).isEqualTo(300);
        assertThat(row(result, "deferred").exposedPageNanos()).isPositive();
        assertThat(row(result, "optimistic").mostExposed()).isBetween(192L, 195L);
        assertThat(row(result, "optimistic").exposedPageNanos()).isPositive();
    }

    @Test
    void ringThatFitsTheIotlbIsNotWalkedFor() {
        List<Misses> misses =
                run(Map.of("packet", List.of("64"), "packets", List.of("100"))).misses();
        for (Misses row : misses) {
            boolean fits = row.pages().equals("2M") || row.ring() < 64;
            boolean held = row.deviceTlb() > 0 && row.ring() < 256;
            assertThat(row.walks() == 0).as("%s", row).isEqualTo(fits || held);
        }
    }

    @Test
    void strictShareThatNothingCanHaveIsRefused() {
        assertThatThrownBy(() -> run(Map.of("strict", List.of("0.99"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("without any invalidation");
    }
}
