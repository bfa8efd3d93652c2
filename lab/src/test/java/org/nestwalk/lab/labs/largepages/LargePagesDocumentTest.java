package org.nestwalk.lab.labs.largepages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.largepages.LargePagesResult.Combination;

/// Sentences about planted figures: each turns when the figures do.
class LargePagesDocumentTest {
    private static final long SMALL_REACH = 6L << 20;

    private long reach = 3L << 30;
    private long splinters = 1_000;

    private String text(long... cycles) {
        List<Combination> all =
                List.of(
                        combination("4K", "4K", SMALL_REACH, 0),
                        combination("4K", "2M", SMALL_REACH, 0),
                        combination("2M", "4K", SMALL_REACH, splinters),
                        combination("2M", "2M", reach, 0),
                        combination("2M", "misaligned", SMALL_REACH, splinters));
        List<Combination> finished = new ArrayList<>();
        finished.add(with(all.getFirst(), 1_000));
        for (int i = 0; i < cycles.length; i++) {
            finished.add(with(all.get(i + 1), cycles[i]));
        }
        return OneLine.of(
                LargePagesDocument.of(
                        new LargePagesResult("a machine", "a program", 1_536, finished)));
    }

    private static Combination combination(String guest, String host, long reach, long fills) {
        return new Combination(guest, host, 24, reach, 10, 3, fills, 1, 2, 0);
    }

    private static Combination with(Combination one, long cycles) {
        return new Combination(
                one.guest(),
                one.host(),
                24,
                one.reachBytes(),
                10,
                3,
                one.splinteredFills(),
                1,
                2,
                cycles);
    }

    @Test
    void oneSidedSavingsAreSaidBesideThoseOfBoth() {
        assertThat(text(590, 810, 420, 540))
                .contains("2M pages on the host's side alone save 41 %")
                .contains("on the guest's side alone save 19 %")
                .contains("on both sides in step save 58 %")
                .contains("on both sides but out of step save 46 %")
                .contains("On one side alone they pay. In step on both sides they pay most.")
                .doesNotContain("only where both sides");
    }

    @Test
    void sidesThatDoNotPayAloneAreSaidNotTo() {
        assertThat(text(999, 1_100, 420, 998))
                .contains("alone save 0.1 %", "guest's side alone cost 10 % more")
                .contains(
                        "On one side alone they do not pay. In step on both sides they pay most.");
    }

    @Test
    void beingInStepThatGainsNothingIsSaidTo() {
        assertThat(text(590, 810, 590, 700)).contains("gain nothing over the best of the others");
    }

    @Test
    void aProgramThatLargePagesDoNotHelpIsSaidSo() {
        assertThat(text(1_000, 1_000, 995, 1_001))
                .contains("save less than 1.0 % of this program's cycles, whichever side")
                .doesNotContain("pay most");
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
                .contains("Over large pages out of step no large page of the guest is splintered.");
    }

    @Test
    void anInterruptedRunSaysOnlyWhatItsRowsShow() {
        assertThat(text()).doesNotContain("What to conclude");
        assertThat(text(590))
                .contains("on the host's side alone save 41 %")
                .doesNotContain("guest's side", "step", "TLB's reach", "splintered");
        assertThat(text(590, 810, 420)).contains("in step save 58 %").doesNotContain("pay");
    }
}
