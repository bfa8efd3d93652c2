package org.nestwalk.lab.labs.merging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.labs.merging.MergingResult.Channel;
import org.nestwalk.lab.labs.merging.MergingResult.Moment;
import org.nestwalk.lab.labs.merging.MergingResult.Stage;
import org.nestwalk.lab.labs.merging.MergingResult.Way;

/// Every claim of [MergingConclusion], where it holds and where it does not.
class MergingDocumentTest {
    private static Way way(String name, long atOnce, long saved, long scanning) {
        return new Way(
                name,
                atOnce,
                saved,
                -1,
                10,
                20,
                scanning,
                5,
                5,
                3,
                0.01,
                List.of(new Moment(0, atOnce), new Moment(9, saved)));
    }

    private static MergingResult result(
            List<Way> ways, double sharing, double patching, double error, double guessing) {
        return new MergingResult(
                "m",
                "p",
                2,
                9,
                100,
                1 << 20,
                100,
                ways,
                List.of(
                        new Stage("first", 100, 1, 1),
                        new Stage("sharing", 50, sharing, 0.497),
                        new Stage("patching", 22, patching, 0.225)),
                List.of(
                        new Channel(WriteChannel.NOTHING, 9, 7000, 900, 16, error),
                        new Channel(WriteChannel.DOMAINS, 9, 900, 900, 0, guessing)));
    }

    private static List<String> names(MergingResult result, boolean held) {
        return MergingDocument.of(result).claims().stream()
                .filter(claim -> claim.isExpectation() && claim.held() == held)
                .map(Claim::name)
                .toList();
    }

    private static final String[] ALL = {
        "ksm-finds-most",
        "faster-ksm-finds-most",
        "pace-costs-cycles",
        "patches-save-more",
        "fork-saves-at-once",
        "merging-saves-more-in-the-end",
        "both-save-more-than-fork",
        "example-is-as-published",
        "writes-tell-what-a-neighbour-holds",
        "domains-hide-it"
    };

    @Test
    void everyClaimCanHold() {
        MergingResult result =
                result(
                        List.of(
                                way(MergingExperiment.KSM, 0, 95, 100),
                                way(MergingExperiment.FAST, 0, 96, 500),
                                way(MergingExperiment.PATCHES, 0, 120, 900),
                                way(MergingExperiment.FORK, 60, 40, 0),
                                way(MergingExperiment.BOTH, 60, 97, 500)),
                        0.49,
                        0.23,
                        0,
                        0.5);
        assertThat(names(result, true)).containsExactly(ALL);
    }

    @Test
    void everyClaimCanFail() {
        MergingResult result =
                result(
                        List.of(
                                way(MergingExperiment.KSM, 0, 80, 100),
                                way(MergingExperiment.FAST, 0, 81, 100),
                                way(MergingExperiment.PATCHES, 0, 80, 100),
                                way(MergingExperiment.FORK, 0, 90, 0),
                                way(MergingExperiment.BOTH, 0, 90, 100)),
                        0.40,
                        0.23,
                        0.3,
                        0.1);
        assertThat(names(result, false)).containsExactly(ALL);
    }

    /// A run that was ended early has some of the ways.
    @Test
    void nothingIsSaidOfWhatWasNotRun() {
        MergingResult result =
                new MergingResult(
                        "m", "p", 2, 9, 100, 1 << 20, 100, List.of(), List.of(), List.of());
        assertThat(MergingDocument.of(result).claims()).isEmpty();
    }

    @Test
    void tablesThatTakeMoreThanIsSavedAreNoNegativeSaving() {
        List<Way> ways =
                List.of(
                        way(MergingExperiment.FAST, 0, -5, 9),
                        way(MergingExperiment.FORK, -10, -20, 0));
        String said =
                MergingDocument.of(result(ways, 0.497, 0.225, 0, 0.5)).claims().stream()
                        .map(Claim::sentence)
                        .collect(Collectors.joining(" "));
        assertThat(said)
                .contains(
                        "Fork takes 40 KiB more than guests apart before anything has run",
                        "In the end merging takes 20 KiB more than guests apart")
                .doesNotContain("-");
    }
}
