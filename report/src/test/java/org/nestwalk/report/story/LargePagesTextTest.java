package org.nestwalk.report.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.vm.LargePagesStory.Cell;

/// Sentences about planted figures: each turns when the figures do.
class LargePagesTextTest {
    private static final long SMALL_REACH = 6L << 20;

    private long reach = 3L << 30;
    private long splinters = 1_000;

    private String text(long host, long guest, long both, long apart) {
        List<Cell> cells =
                List.of(
                        cell("4K", "4K", 1_000, SMALL_REACH, 0),
                        cell("4K", "2M", host, SMALL_REACH, 0),
                        cell("2M", "4K", guest, SMALL_REACH, splinters),
                        cell("2M", "2M", both, reach, 0),
                        cell("2M", "misaligned", apart, SMALL_REACH, splinters));
        return OneLine.of(LargePagesText.of("a machine", "a program", cells));
    }

    private static Cell cell(String guest, String host, long cycles, long reach, long fills) {
        return new Cell(guest, host, 24, 1_536, reach, 10, 3, fills, 1, 2, cycles);
    }

    @Test
    void oneSidedSavingsAreSaidBesideThoseOfBoth() {
        assertThat(text(590, 810, 420, 540))
                .contains("2M pages on both sides save 58 % of the cycles")
                .contains("on the host's side alone they save 41 %, on the guest's alone")
                .contains("they save 19 %, and on both but out of step they save 46 %")
                .contains("one side's pay, and both in step pay most")
                .doesNotContain("only where both sides have them:");
    }

    @Test
    void onlyBothSidesPayWhereOneDoesNot() {
        assertThat(text(999, 1_100, 420, 998))
                .contains("save 0.1 %, on the guest's alone they cost 10 % more")
                .contains("they pay only where both sides have them");
    }

    @Test
    void beingInStepThatGainsNothingIsSaidTo() {
        assertThat(text(590, 810, 590, 700)).contains("gain nothing over the best of the others");
    }

    @Test
    void aProgramThatLargePagesDoNotHelpIsSaidSo() {
        assertThat(text(1_000, 1_000, 995, 1_001))
                .contains("save less than 1.0 % of this program's cycles, whichever side")
                .doesNotContain("one side's pay");
    }

    @Test
    void reachAndSplintersAreThoseOfTheRun() {
        assertThat(text(590, 810, 420, 540))
                .contains("extend the TLB's reach, from 6.0 MiB to 3.0 GiB")
                .contains("splintered: 1,000 fills");
        reach = SMALL_REACH;
        splinters = 0;
        assertThat(text(590, 810, 420, 540))
                .contains("do not extend the TLB's reach here")
                .contains("No large page was splintered.");
    }
}
