package org.nestwalk.report.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Document;
import org.nestwalk.document.text.TextRenderer;
import org.nestwalk.lab.migration.move.ArrivalResult;
import org.nestwalk.lab.migration.move.GuestEnd;
import org.nestwalk.lab.migration.move.MoveResult;
import org.nestwalk.lab.migration.wire.PageCounts;

/// What is said of a guest that has moved, or stayed, follows from how its programs ended.
class MoveTextTest {
    private static GuestEnd end(boolean verified, @Nullable String failure) {
        return new GuestEnd("gups", 100, "0", verified, failure);
    }

    /// Without breaks of lines.
    private static String said(Document document) {
        return new TextRenderer(TextRenderer.USUAL_WIDTH).text(document).replaceAll("\\s+", " ");
    }

    private static String stayed(GuestEnd... ends) {
        return said(
                MoveText.of(
                        new MoveResult(
                                "gups",
                                "simulated",
                                "there:1",
                                false,
                                "foresight",
                                MoveResult.Fate.STAYED,
                                "there is no room",
                                false,
                                4096,
                                1,
                                10,
                                20,
                                30,
                                PageCounts.NONE,
                                List.of(),
                                0,
                                0,
                                false,
                                0,
                                0,
                                null,
                                List.of(ends))));
    }

    private static String arrived(GuestEnd... ends) {
        return said(
                MoveText.of(
                        new ArrivalResult(
                                "kvm",
                                "simulated",
                                ArrivalResult.Fate.ARRIVED,
                                null,
                                4096,
                                1,
                                1,
                                false,
                                null,
                                List.of(ends))));
    }

    @Test
    void rightChecksumsAreSaid() {
        assertThat(stayed(end(true, null))).contains("and ended with the checksum of plain");
        assertThat(arrived(end(true, null), end(true, null)))
                .contains("went on here, and ended with the checksum of plain");
    }

    @Test
    void aWrongChecksumIsSaid() {
        assertThat(stayed(end(true, null), end(false, null)))
                .contains("and ended WITHOUT the checksum of plain");
        assertThat(arrived(end(false, null))).contains("and ended WITHOUT the checksum of plain");
    }

    @Test
    void aProgramThatEndedEarlyIsNotSaidToHaveAWrongChecksum() {
        assertThat(stayed(end(true, null), end(false, "the guest has no free memory left")))
                .contains("and ended early: the guest has no free memory left.")
                .doesNotContain("WITHOUT");
        assertThat(arrived(end(false, "a page fault")))
                .contains("and ended early: a page fault.")
                .doesNotContain("WITHOUT");
    }
}
