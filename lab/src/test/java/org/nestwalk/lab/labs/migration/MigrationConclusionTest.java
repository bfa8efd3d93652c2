package org.nestwalk.lab.labs.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;

/// Sentences about planted figures: each turns when the figures do.
class MigrationConclusionTest {
    private static final long MS = 1_000_000;

    private static Move move(
            String policy, @Nullable String failure, long time, long downtime, long faults) {
        return new Move(
                "guest",
                1L << 30,
                policy,
                failure,
                time * MS,
                3,
                1 << 20,
                downtime * MS,
                0,
                0,
                0.04,
                faults > 0,
                faults,
                downtime * MS,
                List.of());
    }

    private static String text(Move... moves) {
        return MigrationConclusion.of(
                        new MigrationResult(
                                null,
                                1L << 30,
                                List.of(),
                                List.of(moves),
                                List.of("downtime<100ms"),
                                List.of()))
                .text();
    }

    @Test
    void theWidestMarginIsAdvisedAndPostCopyOnlyWithoutAnother() {
        Move wide = move("a", null, 500, 50, 0);
        Move narrow = move("b", null, 400, 99, 0);
        Move late = move("post-copy", null, 300, 20, 5);
        assertThat(text(wide, narrow, late))
                .contains("For guest over 1.0 GiB/s take a: 500.00 ms in all, 50.00 ms of downtime")
                .contains("of downtime<100ms 50 % is left")
                .contains("can be had in each case");
        assertThat(text(late)).contains("take post-copy");
    }

    @Test
    void whatComesNearestIsSaidWhereNoneKeepsThem() {
        assertThat(text(move("a", null, 500, 150, 0), move("b", null, 400, 200, 0)))
                .contains("no policy keeps all that is wanted; a comes nearest, with a downtime of")
                .contains("can be had in 0 of 1 case.");
        assertThat(text(move("a", "no end", 500, 0, 0)))
                .contains("no policy moves the guest at all");
    }

    @Test
    void throttlingIsJudgedByTheGuestsThatStay() {
        Move stays = move("downtime-limit", "no end", 500, 0, 0);
        assertThat(text(stays, move("auto-converge", null, 500, 50, 0)))
                .contains("withholding time moves it in 1, at a slowdown of up to 4.0 %");
        assertThat(text(stays, move("auto-converge", "no end", 500, 50, 0)))
                .contains("withholding time moves it in none either");
        assertThat(text(move("downtime-limit", null, 500, 10, 0))).doesNotContain("withholding");
    }

    @Test
    void postCopyAndForesightAreJudgedByTheOthers() {
        Move post = move("post-copy", null, 500, 20, 7);
        Move own = move("foresight", null, 500, 30, 0);
        assertThat(text(post, own))
                .contains("Post-copy has the shortest downtime in each case, and makes 7 accesses")
                .contains("No pre-copy has less downtime than foresight in less time.");
        assertThat(text(move("foresight", "no end", 1, 0, 0), move("x", null, 400, 10, 0)))
                .doesNotContain("foresight");
        assertThat(text(move("foresight:worth=0.1", null, 500, 30, 0), post))
                .contains("No pre-copy has less downtime than foresight in less time.");
        Move better = move("x", null, 400, 10, 0);
        assertThat(text(post, own, better))
                .contains("Post-copy has the shortest downtime in 0 of 1 case only")
                .contains("In 1 of 1 case a pre-copy has less downtime than foresight");
    }
}
