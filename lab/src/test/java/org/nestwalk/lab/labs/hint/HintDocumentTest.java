package org.nestwalk.lab.labs.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.hint.HintResult.Way;

/// Sentences about planted figures: each turns when the figures do.
class HintDocumentTest {
    private static String text(Way alone, Way khugepaged, Way hint) {
        List<Way> ways = List.of(way("unfragmented host", 1, 900), alone, khugepaged, hint);
        return OneLine.of(HintDocument.of(new HintResult("a machine", "gups", "0.9:random", ways)));
    }

    private static Way way(String name, double share, long cycles) {
        return new Way(name, share, -1, 3, 5, 10, 20, cycles);
    }

    /// Shares of large pages and cycles without the hint, with khugepaged only and with the hint.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.02 | 2000 | 0 | 2000 | 1 | 1000"
                        + " | With the hint 100 % of the guest's 2M pages are on 2M pages"
                        + " | without it 2.0 %",
                "0.02 | 2000 | 0 | 2000 | 1 | 1000"
                        + " | All in all it pays: 50 % fewer cycles, with the 20 that move 10 pages"
                        + " | With khugepaged only: only 0.0 %, for 2.00 times its cycles.",
                "0.5 | 1000 | 1 | 900 | 1 | 1200"
                        + " | All in all it does not pay: 20 % more cycles"
                        + " | as many large pages as with the hint, 100 %, for 0.75 times",
                "1 | 1000 | 0 | 1000 | 1 | 1001"
                        + " | The hint gains nothing"
                        + " | it changes cycles by less than 1.0 %"
            })
    void whatAHintDoesIsSaid(
            double withoutShare,
            long withoutCycles,
            double khugepagedShare,
            long khugepagedCycles,
            double hintShare,
            long hintCycles,
            String said,
            String alsoSaid) {
        assertThat(
                        text(
                                way("no hint", withoutShare, withoutCycles),
                                way("khugepaged only", khugepagedShare, khugepagedCycles),
                                way("hint", hintShare, hintCycles)))
                .contains(said, alsoSaid);
    }

    @Test
    void onePageThatIsMovedIsOne() {
        Way hint = new Way("hint", 1, -1, 3, 5, 1, 20, 1_000);
        assertThat(text(way("no hint", 0.02, 2_000), way("khugepaged only", 0, 2_000), hint))
                .contains("with the 20 that move 1 page");
    }
}
