package org.nestwalk.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LineTest {
    @Test
    void aRatioIsJudgedByItsMedianAndShownWithItsRange() {
        Pairs pairs = new Pairs();
        pairs.add(5, 10);
        pairs.add(7, 10);
        pairs.add(9, 10);
        Line line = Line.compared("work", "gups", " M/s", pairs, Target.ratio(0.7));
        assertThat(line.ratio()).isEqualTo("0.70 (0.50-0.90)");
        assertThat(line.met()).isEqualTo("yes");
        assertThat(line.failed()).isFalse();
    }

    @Test
    void aRatioBelowItsTargetFailsTheCheck() {
        Pairs pairs = new Pairs();
        pairs.add(69, 100);
        Line line = Line.compared("work", "gups", " M/s", pairs, Target.ratio(0.7));
        assertThat(line.met()).isEqualTo("no");
        assertThat(line.failed()).isTrue();
    }

    @Test
    void aRateIsAlsoJudgedForAHostOfAnotherSpeedAndNeverFailsTheCheck() {
        Line line = Line.scaled("work", "gups", 11, Target.rate(40), 0.25);
        assertThat(line.met()).isEqualTo("no; host is 0.25x: >= 10 M/s yes");
        assertThat(line.failed()).isFalse();
    }

    @Test
    void withoutAYardstickARateIsJudgedAsItIs() {
        assertThat(Line.scaled("work", "gups", 41, Target.rate(40), Double.NaN).met())
                .isEqualTo("yes");
    }

    @Test
    void aSizeAboveItsBoundFailsTheCheck() {
        Line line = Line.absolute("work", "", 21, Target.atMost(20.8, " B/page", true));
        assertThat(line.target()).isEqualTo("<= 20.8 B/page");
        assertThat(line.met()).isEqualTo("no");
        assertThat(line.failed()).isTrue();
    }

    @Test
    void aTimeAtItsBoundIsGoodEnough() {
        assertThat(Line.absolute("start", "", 0.8, Target.atMost(0.8, " s", false)).met())
                .isEqualTo("yes");
    }

    @Test
    void numbersHaveThreeDigitsOrSo() {
        assertThat(Target.number(123.456)).isEqualTo("123");
        assertThat(Target.number(12.345)).isEqualTo("12.3");
        assertThat(Target.number(1.2345)).isEqualTo("1.23");
        assertThat(Target.number(40)).isEqualTo("40");
    }
}
