package org.nestwalk.lab.labs.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.hint.HintResult.Way;

/// Sentences about planted figures: each turns when the figures do.
class HintDocumentTest {
    private static String text(Way alone, Way khugepaged, Way hint) {
        List<Way> ways =
                List.of(way("unfragmented host", 1, 900), alone, khugepaged, khugepaged, hint);
        return OneLine.of(HintDocument.of(new HintResult("a machine", "gups", "0.9:random", ways)));
    }

    private static Way way(String name, double share, long cycles) {
        return new Way(name, share, -1, 3, 5, 10, 20, cycles);
    }

    @Test
    void aHintThatPaysIsSaidTo() {
        assertThat(
                        text(
                                way("no hint", 0.02, 2_000),
                                way("khugepaged only", 0, 2_000),
                                way("hint", 1, 1_000)))
                .contains("With the hint 100 % of the guest's 2M pages are on 2M pages")
                .contains("without it 2.0 %")
                .contains("All in all it pays: 50 % fewer cycles, with the 20 that move 10 pages")
                .contains("With khugepaged only: only 0.0 %, for 2.00 times its cycles.");
    }

    @Test
    void aHintThatDoesNotPayIsSaidNotTo() {
        assertThat(
                        text(
                                way("no hint", 0.5, 1_000),
                                way("khugepaged only", 1, 900),
                                way("hint", 1, 1_200)))
                .contains("All in all it does not pay: 20 % more cycles")
                .contains("as many large pages as with the hint, 100 %, for 0.75 times");
    }

    @Test
    void aHintThatChangesNothingIsSaidTo() {
        assertThat(
                        text(
                                way("no hint", 1, 1_000),
                                way("khugepaged only", 0, 1_000),
                                way("hint", 1, 1_001)))
                .contains("The hint gains nothing")
                .contains("it changes cycles by less than 1.0 %");
    }
}
