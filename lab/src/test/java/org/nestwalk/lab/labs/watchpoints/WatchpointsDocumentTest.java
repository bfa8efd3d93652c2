package org.nestwalk.lab.labs.watchpoints;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Cost;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Detection;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Periodic;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Suspect;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Timing;

/// Sentences about planted figures: each turns when the figures do.
class WatchpointsDocumentTest {
    private static Detection detection(String bug, int seen, int exact, int wrong) {
        return new Detection(
                bug, 16, 300, seen, bug.equals("none") ? 0 : 0.4, 97, 141, exact, seen, wrong);
    }

    private static final Suspect BUG = new Suspect(8, true, 9, 1, 0.99);

    private static String text(
            List<Detection> detections,
            List<Periodic> periodic,
            List<Cost> costs,
            List<Suspect> suspects,
            List<Timing> timings,
            boolean right) {
        return OneLine.of(
                WatchpointsDocument.of(
                        new WatchpointsResult(
                                "a machine",
                                "cycles",
                                1_024,
                                2,
                                "writes",
                                32,
                                detections,
                                periodic,
                                List.of(),
                                5_600,
                                costs,
                                suspects,
                                timings,
                                right)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "118 | 118 | 0 | true | Bugs are seen as often as 1 - (1 - k/M)^n says: of 1 kind",
                "160 | 160 | 0 | true | Bugs are not seen as often as",
                "0 | 0 | 0 | true | Bugs are not seen as often as",
                "118 | 118 | 0 | true | Each of 118 reports names instruction",
                "118 | 117 | 0 | true | Of 118 reports only 117 name instruction",
                "118 | 118 | 0 | true | No good access is reported, and all programs load what",
                "118 | 118 | 0 | false | No good access is reported, and a program loads something",
                "118 | 118 | 2 | true | 2 good accesses are reported"
            })
    void detectionsAreJudged(int seen, int exact, int wrong, boolean right, String said) {
        assertThat(
                        text(
                                List.of(detection("race", seen, exact, wrong)),
                                List.of(),
                                List.of(),
                                List.of(BUG),
                                List.of(),
                                right))
                .contains(said);
    }

    @Test
    void nothingIsSaidOfReportsThatThereAreNot() {
        String clean =
                text(
                        List.of(detection("none", 0, 0, 0)),
                        List.of(),
                        List.of(),
                        List.of(BUG),
                        List.of(),
                        true);
        assertThat(clean)
                .contains("No good access is reported")
                .doesNotContain("as often as")
                .doesNotContain("names instruction");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5 | Pages in turn miss a bug that comes in step with them: it is seen in 5 of 100",
                "87 | Pages in turn see a bug that comes in step with them in 87 of 100"
            })
    void orderOfPagesIsJudged(int seen, String said) {
        assertThat(
                        text(
                                List.of(detection("race", 118, 118, 0)),
                                List.of(
                                        new Periodic("random", 64, 100, 32, 89, 0.87),
                                        new Periodic("in turn", 64, 100, 32, seen, 0.87)),
                                List.of(),
                                List.of(BUG),
                                List.of(),
                                true))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1050 | 500 | 64 armed pages cost what k x r x c says, but for 5.0 % of that",
                "1500 | 500 | 64 armed pages do not cost what k x r x c says, by 50 % of that",
                "1050 | 500 | Cold pages first: 500 accesses to armed pages instead of 1,000",
                "1050 | 950 | Cold pages first gain nothing: 950 accesses"
            })
    void costsAreJudged(long time, long cold, String said) {
        assertThat(
                        text(
                                List.of(detection("race", 118, 118, 0)),
                                List.of(),
                                List.of(
                                        new Cost(
                                                "random", 64, 1_000, 1_000, time, 1_000, 0.5, 0.1,
                                                0.1),
                                        new Cost(
                                                "cold first",
                                                64,
                                                cold,
                                                1_000,
                                                time,
                                                1_000,
                                                0.5,
                                                0.1,
                                                0.05)),
                                List.of(BUG),
                                List.of(),
                                true))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.99 | 0.1 | 2 | The filter tells the bug from 1 report of chance",
                "0.9 | 0.1 | 2 | The filter does not tell the bug",
                "0.99 | 0.6 | 2 | The filter does not tell the bug",
                "0.99 | 0.1 | 2 | Traps hide the bug that depends on time: with dummy traps it"
                        + " happens in 2",
                "0.99 | 0.1 | 415 | Traps do not hide the bug that depends on time"
            })
    void filterAndTimeAreJudged(double bug, double other, int dummy, String said) {
        assertThat(judged(List.of(suspect(true, bug), suspect(false, other)), 415, dummy))
                .contains(said);
    }

    @Test
    void whatDidNotHappenIsNotJudged() {
        assertThat(judged(List.of(), 0, 0))
                .doesNotContain("filter")
                .contains("does not happen in 500 rounds without traps, so that there is nothing");
    }

    private static Suspect suspect(boolean bug, double probability) {
        return new Suspect(bug ? 8 : 16, bug, bug ? 9 : 0, bug ? 1 : 0, probability);
    }

    private static String judged(List<Suspect> suspects, int untrapped, int dummy) {
        return text(
                List.of(detection("race", 118, 118, 0)),
                List.of(),
                List.of(),
                suspects,
                List.of(new Timing(64, 500, untrapped, dummy, 1, 0)),
                true);
    }
}
