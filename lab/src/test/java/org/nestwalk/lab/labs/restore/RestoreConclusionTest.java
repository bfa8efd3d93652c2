package org.nestwalk.lab.labs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.fork.Spread;
import org.nestwalk.lab.labs.restore.RestoreComparison.Way;
import org.nestwalk.lab.snapshot.FaultTail;

/// Every claim of [RestoreConclusion], where it holds and where it does not.
class RestoreConclusionTest {
    private static final String[] ALL = {
        "clones-need-the-same-pages",
        "lazy-starts-sooner",
        "lazy-ends-sooner",
        "recorded-set-removes-faults",
        "recorded-set-is-three-times-as-fast",
        "background-removes-faults",
        "large-pages-fault-less-and-read-more",
    };

    private static Way way(String name, long first, long at90, long end, long faults, long pages) {
        FaultTail tail =
                new FaultTail(
                        new Spread(faults, 5, 6, 7, 8),
                        List.of(new FaultTail.Interval(end, faults, 8)));
        return new Way(name, first, at90, end, faults, pages, 0, 0, 99, tail, true, null);
    }

    private static RestoreComparison result(@Nullable Double overlap, List<Way> ways) {
        return new RestoreComparison("m", "p", 9, 100, 4096, 2, "none", 60, 50, 40, overlap, ways);
    }

    private static List<String> names(RestoreComparison result, boolean held) {
        return RestoreDocument.of(result).claims().stream()
                .filter(claim -> claim.isExpectation() && claim.held() == held)
                .map(Claim::name)
                .toList();
    }

    @Test
    void everyClaimHoldsWhereTheFiguresSaySo() {
        RestoreComparison result =
                result(
                        0.95,
                        List.of(
                                way("eager", 900, 950, 5_000, 0, 0),
                                way("lazy", 90, 3_000, 4_000, 100, 100),
                                way("lazy-2M", 200, 1_000, 1_100, 2, 500),
                                way("background", 90, 2_000, 2_100, 40, 40),
                                way("set", 300, 1_000, 1_200, 5, 5)));
        assertThat(names(result, true)).containsExactly(ALL);
        assertThat(names(result, false)).isEmpty();
    }

    @Test
    void noneHoldsWhereTheySayTheContrary() {
        RestoreComparison result =
                result(
                        0.5,
                        List.of(
                                way("eager", 90, 950, 4_000, 0, 0),
                                way("lazy", 90, 2_999, 4_000, 100, 100),
                                way("lazy-2M", 200, 1_000, 1_100, 2, 90),
                                way("background", 90, 2_000, 2_100, 100, 100),
                                way("set", 300, 1_000, 1_200, 6, 6)));
        assertThat(names(result, false)).containsExactly(ALL);
        assertThat(names(result, true)).isEmpty();
    }

    @Test
    void nothingIsSaidOfWaysThatWereNotFinished() {
        RestoreComparison result = result(null, List.of(way("set", 300, 1_000, 1_200, 5, 5)));
        assertThat(RestoreDocument.of(result).claims()).hasSize(1);
    }

    @Test
    void guestThatCannotGoOnIsNamed() {
        Way failed =
                new Way("lazy", 1, 2, 3, 0, 0, 0, 0, 0, FaultTail.NONE, false, "no memory left");
        assertThat(RestoreDocument.of(result(null, List.of(failed))).claims())
                .singleElement()
                .satisfies(claim ->
                        assertThat(claim.sentence())
                                .isEqualTo("With lazy the guest could not go on: no memory left."));
    }
}
