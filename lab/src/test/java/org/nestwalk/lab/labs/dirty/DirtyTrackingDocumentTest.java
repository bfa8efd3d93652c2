package org.nestwalk.lab.labs.dirty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Case;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Row;

/// Sentences about planted figures: each turns when the figures do.
class DirtyTrackingDocumentTest {
    private static final Case SMALL = new Case(64L << 20, 0.5, "4K");
    private static final Case LARGE = new Case(64L << 20, 0.5, "2M");

    private static Row row(Case guest, String source, String splitting, long exits, long time) {
        return new Row(
                guest, source, splitting, 1_000, 1_010, exits, 0, null, null, 100, time, 0, 9, 0.1,
                0);
    }

    private static Row log(long entries, long full, long predicted, long time) {
        return new Row(
                SMALL,
                "page-modification log",
                "none",
                1_000,
                entries,
                full,
                full,
                entries,
                predicted,
                100,
                time,
                0,
                9,
                0.1,
                0);
    }

    private static Row reporting(long reported, long rewriteExits) {
        return new Row(
                LARGE,
                "dirty flags",
                "none",
                1_000,
                reported,
                0,
                0,
                null,
                null,
                100,
                0,
                50,
                9,
                0.1,
                rewriteExits);
    }

    private static String text(Row... rows) {
        return OneLine.of(
                DirtyTrackingDocument.of(
                        new DirtyTrackingResult(
                                "a machine", "cycles", 1_000, 1, null, List.of(rows))));
    }

    private static String measured(Row... rows) {
        return OneLine.of(
                DirtyTrackingDocument.of(
                        new DirtyTrackingResult(
                                null, "ns", 1_000, 1, List.of("a way: none here"), List.of(rows))));
    }

    @Test
    void ratioOfProtectionToLogIsHeldAgainstThePublished() {
        Row traps = row(SMALL, "write protection", "none", 1_000, 4_500_000);
        assertThat(text(traps, log(1_010, 1, 1, 60_000)))
                .contains("4500 cycles for each page written and the page-modification log 60.0")
                .contains("75 times less, as published (50 to 100 times)");
        assertThat(text(traps, log(1_010, 1, 1, 900_000)))
                .contains("5.0 times less, not the published 50 to 100");
        assertThat(text(traps, log(1_010, 1, 1, 9_000))).contains("500.0 times less, not the");
    }

    @Test
    void fullLogsAreHeldAgainstTheRule() {
        assertThat(text(log(1_537, 3, 3, 1)))
                .contains("1,537 entries in logs made 3 exits, exactly floor((n - 1) / 512)");
        assertThat(text(log(1_537, 4, 3, 1)))
                .contains("made 4 exits, where floor((n - 1) / 512) of each interval are 3");
    }

    @Test
    void rewritesAreSaidToCostWhatTheyCost() {
        assertThat(text(reporting(1_000, 0))).contains("is dirty already makes no exit");
        assertThat(text(reporting(1_000, 7))).contains("is dirty already makes 7 exits");
    }

    @Test
    void amplificationIsThatOfTheRun() {
        assertThat(text(reporting(9_000, 0))).contains("up to 9.0 times the pages reported");
        assertThat(text(reporting(1_500, 0))).contains("no more than 1.5 times the pages");
        assertThat(text(log(1, 0, 0, 1))).doesNotContain("Unsplit");
    }

    @Test
    void splittingEagerlySparesExitsOrDoesNot() {
        Row lazy = row(LARGE, "write protection", "lazy", 1_030, 1);
        assertThat(text(lazy, row(LARGE, "write protection", "eager", 1_000, 1)))
                .contains("spares the guest 30 exits (write protection, 64.0 MiB 50 % 2M)");
        assertThat(text(lazy, row(LARGE, "write protection", "eager", 1_030, 1)))
                .contains("spares the guest no exit");
        assertThat(text(lazy)).doesNotContain("eagerly");
    }

    @Test
    void onKvmTheBitmapIsHeldAgainstTheRing() {
        Row bitmap = row(SMALL, "KVM's bitmap", "host's", 0, 300_000);
        assertThat(measured(bitmap, row(SMALL, "KVM's rings", "host's", 0, 200_000)))
                .contains("a way: none here")
                .contains("takes 300 ns by KVM's bitmap and 200 ns by its rings, less than twice");
        assertThat(measured(bitmap, row(SMALL, "KVM's rings", "host's", 0, 20_000)))
                .contains("300 ns by KVM's bitmap and 20 ns by its rings (64.0 MiB");
    }
}
