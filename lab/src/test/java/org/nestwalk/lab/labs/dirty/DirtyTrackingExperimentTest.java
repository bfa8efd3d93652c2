package org.nestwalk.lab.labs.dirty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Row;
import org.nestwalk.parameter.Arguments;

class DirtyTrackingExperimentTest {
    private static final DirtyTrackingExperiment EXPERIMENT = new DirtyTrackingExperiment();
    private static final DirtyTrackingResult RESULT =
            run(Map.of("working-set", List.of("16MiB"), "writes", List.of("0.3")));

    private static DirtyTrackingResult run(Map<String, List<String>> more) {
        return run(more, Laboratory.unwatched());
    }

    private static DirtyTrackingResult run(Map<String, List<String>> more, Laboratory laboratory) {
        Map<String, List<String>> given = new HashMap<>();
        given.put("accesses", List.of("12k"));
        given.put("intervals", List.of("2"));
        given.putAll(more);
        return EXPERIMENT.run(
                laboratory, Arguments.of(EXPERIMENT.spec().all(), given, UnaryOperator.identity()));
    }

    private static Row row(String pages, String splitting, String source) {
        return RESULT.rows().stream()
                .filter(row ->
                        row.guest().pages().equals(pages)
                                && row.splitting().equals(splitting)
                                && row.source().equals(source))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Boolean> claims(DirtyTrackingResult result) {
        Map<String, Boolean> claims = new HashMap<>();
        for (Claim claim : EXPERIMENT.document(result).claims()) {
            if (claim.isExpectation()) {
                claims.put(claim.name(), claim.held());
            }
        }
        return claims;
    }

    @Test
    void everyWayReportsTheSamePagesOfTheSamePages() {
        List<Long> small = new ArrayList<>();
        List<Long> split = new ArrayList<>();
        List<Long> large = new ArrayList<>();
        for (Row row : RESULT.rows()) {
            (row.guest().pages().equals("4K")
                            ? small
                            : row.splitting().equals("none") ? large : split)
                    .add(row.reported());
        }
        assertThat(small).hasSize(4);
        assertThat(split).hasSize(8);
        assertThat(large).hasSize(4).containsOnly(large.getFirst());
        // Tables are reported when they are read, which depends on what TLBs keep.
        assertThat(small).allMatch(pages -> pages >= row("4K", "none", "dirty flags").written());
        assertThat(small.stream().distinct().toList()).hasSize(1);
        assertThat(split.stream().distinct().toList()).hasSize(1);
    }

    @Test
    void protectionExitsOncePerPageAndTheLogOnceIn512() {
        Row traps = row("4K", "none", "write protection");
        assertThat(traps.exits()).isEqualTo(traps.reported());
        Row log = row("4K", "none", "page-modification log");
        assertThat(log.exits()).isEqualTo(log.logFullExits());
        assertThat(log.exits()).isEqualTo(Objects.requireNonNull(log.predictedExits()));
        assertThat(log.exits()).isPositive();
        assertThat(row("4K", "none", "dirty flags").exits()).isZero();
        assertThat(RESULT.rows()).allMatch(row -> row.rewriteExits() == 0);
    }

    @Test
    void unsplitPagesAreReportedAsAWholeAndSplitOnesNot() {
        Row whole = row("2M", "none", "page-modification log");
        assertThat(whole.logEntries()).isNull();
        assertThat(whole.reported()).isGreaterThan(whole.written());
        assertThat(whole.exits()).isZero();
        Row lazy = row("2M", "lazy", "dirty flags");
        assertThat(lazy.exits()).as("one for each large page").isBetween(8L, 9L);
        assertThat(row("2M", "eager", "dirty flags").exits()).isZero();
        assertThat(row("2M", "eager", "dirty flags").beginTime()).isGreaterThan(lazy.beginTime());
    }

    @Test
    void effectsThatAreExpectedShow() {
        assertThat(claims(RESULT))
                .containsEntry("log-beats-protection-as-published", true)
                .containsEntry("full-logs-as-predicted", true)
                .containsEntry("rewrites-are-free", true)
                .containsEntry("splitting-eagerly-spares-exits", true);
    }

    @Test
    void processorsWithoutFlagsOrLogHaveFewerWays() {
        Map<String, List<String>> short4K =
                Map.of(
                        "working-set", List.of("1MiB"),
                        "pages", List.of("4K"),
                        "writes", List.of("1"),
                        "machine", List.of("zen4"));
        assertThat(run(short4K).rows())
                .extracting(Row::source)
                .containsExactly("write protection", "dirty rings", "dirty flags");
    }

    @Test
    void aRunThatIsEndedHasTheCasesThatWereFinished() {
        assertThatThrownBy(() ->
                        run(
                                Map.of("working-set", List.of("1MiB")),
                                Laboratory.watchedBy(event -> false)))
                .isInstanceOf(EndedEarly.class);
        DirtyTrackingResult some =
                run(
                        Map.of(
                                "working-set", List.of("1MiB"),
                                "writes", List.of("0.5", "1"),
                                "pages", List.of("4K")),
                        Laboratory.watchedBy(event -> event.done() < 350_000));
        assertThat(some.rows()).hasSize(4);
    }

    @Test
    void onKvmBitmapAndRingReportTheSameDataPages() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
        DirtyTrackingResult result =
                run(
                        Map.of(
                                "on", List.of("kvm"),
                                "working-set", List.of("4MiB"),
                                "writes", List.of("0.5"),
                                "pages", List.of("4K")));
        assertThat(result.isMeasured()).isTrue();
        assertThat(result.rows()).isNotEmpty();
        for (Row row : result.rows()) {
            assertThat(row.reported() - row.written())
                    .as("tables reported by %s", row.source())
                    .isBetween(0L, 40L);
        }
    }
}
