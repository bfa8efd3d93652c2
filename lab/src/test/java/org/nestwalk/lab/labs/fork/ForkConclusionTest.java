package org.nestwalk.lab.labs.fork;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.fork.ForkMethod;
import org.nestwalk.lab.fork.ForkResult;
import org.nestwalk.lab.fork.Spread;

/// Each sentence follows from the figures, and turns when they turn.
class ForkConclusionTest {
    private static final Spread SPREAD = new Spread(2, 10, 10, 10, 10);

    private static ForkResult result(
            ForkMethod method, long freezing, long own, long nanoseconds, int single, int failed) {
        return result(method, freezing, own, 0, nanoseconds, single, failed);
    }

    private static ForkResult result(
            ForkMethod method,
            long freezing,
            long own,
            long shared,
            long nanoseconds,
            int single,
            int failed) {
        @Nullable String failure = failed == 0 ? null : "no memory";
        return new ForkResult(
                method,
                freezing,
                10_000L,
                null,
                SPREAD,
                SPREAD,
                100,
                new ForkResult.Children(
                        2, 3 - failed, 0, failed, failure, single, 1_000, nanoseconds, 1),
                List.of(new ForkResult.Moment(1_000, own, shared, 0L)),
                List.of(),
                1_000L);
    }

    private static Optional<Claim> claim(String name, ForkResult... results) {
        ForkComparison all =
                new ForkComparison("model", "gups", 1, 10, 2, "none", List.of(results));
        return ForkConclusion.of(all).claims().stream()
                .filter(claim -> claim.name().equals(name))
                .findFirst();
    }

    private static boolean held(String name, ForkResult... results) {
        return claim(name, results).orElseThrow().held();
    }

    @Test
    void freezingIsCheapBelowAHundredthOfACopy() {
        assertThat(held("freezing-is-cheap", result(ForkMethod.COW, 99, 5, 50, 3, 0))).isTrue();
        assertThat(held("freezing-is-cheap", result(ForkMethod.COW, 100, 5, 50, 3, 0))).isFalse();
    }

    @Test
    void sharingSavesAsLongAsNotAllIsWritten() {
        assertThat(held("children-share-memory", result(ForkMethod.COW, 1, 199, 1, 50, 3, 0)))
                .isTrue();
        assertThat(held("children-share-memory", result(ForkMethod.COW, 1, 200, 0, 50, 3, 0)))
                .isFalse();
    }

    /// The pages of those that failed are gone, and cannot be held against copies for all.
    @Test
    void nothingIsSaidOfSharingWhereSomeFailed() {
        assertThat(claim("children-share-memory", result(ForkMethod.COW, 1, 5, 50, 2, 1)))
                .isEmpty();
    }

    @Test
    void clonesAreSingleIfTheyAllDiffer() {
        ForkResult good = result(ForkMethod.COW, 1, 5, 50, 3, 0);
        assertThat(held("clones-are-single", good)).isTrue();
        assertThat(held("clones-are-single", good, result(ForkMethod.EAGER, 1, 5, 50, 2, 0)))
                .isFalse();
        assertThat(claim("clones-are-single", result(ForkMethod.COW, 1, 5, 50, 0, 3))).isEmpty();
    }

    @Test
    void sharingPaysIfItTakesLessTime() {
        ForkResult cow = result(ForkMethod.COW, 1, 5, 50, 3, 0);
        assertThat(held("sharing-pays", cow, result(ForkMethod.EAGER, 1, 5, 51, 3, 0))).isTrue();
        assertThat(held("sharing-pays", cow, result(ForkMethod.EAGER, 1, 5, 50, 3, 0))).isFalse();
    }

    @Test
    void largePagesCopiedWholeTakeMoreOrNot() {
        ForkResult split = result(ForkMethod.COW_SPLIT, 1, 5, 50, 3, 0);
        assertThat(
                        held(
                                "whole-copies-amplify",
                                split,
                                result(ForkMethod.COW_WHOLE, 1, 6, 50, 3, 0)))
                .isTrue();
        assertThat(
                        held(
                                "whole-copies-amplify",
                                split,
                                result(ForkMethod.COW_WHOLE, 1, 5, 50, 3, 0)))
                .isFalse();
    }
}
