package org.nestwalk.lab.labs.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.migration.move.ArrivalResult;
import org.nestwalk.lab.migration.move.GuestEnd;
import org.nestwalk.lab.migration.move.LoopbackMove.Sides;
import org.nestwalk.lab.migration.move.MoveResult;
import org.nestwalk.lab.migration.wire.PageCounts;

/// What is said of a guest that has moved, or stayed, is true of that one.
class MoveDocumentTest {
    private static final String SILENT = "the source has said nothing for too long";

    private static String text(
            MoveResult.Fate fate,
            @Nullable String here,
            boolean cancelled,
            @Nullable String there,
            boolean postCopy) {
        boolean moved = fate == MoveResult.Fate.MOVED;
        List<GuestEnd> ends = List.of(new GuestEnd("gups", 100, "ab", true, null));
        MoveResult source =
                new MoveResult(
                        "gups",
                        "simulated",
                        "127.0.0.1:1",
                        false,
                        "foresight",
                        fate,
                        here,
                        cancelled,
                        1L << 30,
                        1,
                        10,
                        2_000_000_000,
                        4L << 20,
                        PageCounts.NONE,
                        List.of(),
                        1_000_000,
                        2_000_000,
                        postCopy,
                        7,
                        3_000_000,
                        null,
                        moved ? List.of() : ends);
        ArrivalResult target =
                new ArrivalResult(
                        "simulated",
                        "simulated",
                        moved ? ArrivalResult.Fate.ARRIVED : ArrivalResult.Fate.NOT_ARRIVED,
                        there,
                        1L << 30,
                        1,
                        5,
                        postCopy,
                        null,
                        moved ? ends : List.of());
        return OneLine.of(MoveDocument.of(new Sides(source, target, cancelled)));
    }

    @Test
    void guestThatMovedHasADowntimeAndASpeed() {
        assertThat(text(MoveResult.Fate.MOVED, null, false, null, false))
                .contains(
                        "moved in 2.00 s, at 2.0 MiB a second on average, and stood still for 3.00"
                                + " ms",
                        "longest pause 3.00 ms")
                .doesNotContain("waited for a page");
        assertThat(text(MoveResult.Fate.MOVED, null, false, null, true))
                .contains("accesses that waited for a page over there 7");
    }

    @Test
    void guestThatStayedHasNoDowntimeAndTheReasonsOfBothSides() {
        assertThat(text(MoveResult.Fate.STAYED, "it closed", false, SILENT, false))
                .contains("has not moved (it closed; as the target says, " + SILENT + ")")
                .doesNotContain("downtime", "longest pause");
        assertThat(text(MoveResult.Fate.STAYED, "cancelled", true, SILENT, false))
                .contains("has not moved (cancelled), and was ended");
        assertThat(text(MoveResult.Fate.STAYED, SILENT, false, SILENT, false))
                .contains("has not moved (" + SILENT + ")");
    }
}
