package org.nestwalk.lab.labs.intrusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.lab.OneLine;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Cost;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rate;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rewrite;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Row;
import org.nestwalk.machine.DirtySource;

/// Sentences about planted figures: each turns when the figures do.
class IntrusionDocumentTest {
    private static final long PERIOD = 1_000_000;

    private static Row row(String attack, boolean fresh, String detector, double area) {
        return new Row(attack, fresh, detector, 24, area, 0.01, 3, null, List.of());
    }

    private static String text(
            List<Row> rows, List<Rate> rates, List<Cost> costs, List<Rewrite> rewrites) {
        return text(480 * PERIOD, rows, rates, costs, rewrites);
    }

    private static String text(
            long unattacked,
            List<Row> rows,
            List<Rate> rates,
            List<Cost> costs,
            List<Rewrite> rewrites) {
        return OneLine.of(
                IntrusionDocument.of(
                        new IntrusionResult(
                                "a machine",
                                DirtySource.LOG.label(),
                                PERIOD,
                                List.of("gups"),
                                List.of("zipf"),
                                4,
                                120,
                                unattacked,
                                rows,
                                rates,
                                costs,
                                rewrites)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.99 | 0.96 | with an area of at least 0.960, by 24 attacks of each kind and 120"
                        + " clean windows.",
                "0.99 | 0.94 | For second, which writes pages that programs do not, the best"
                        + " detector has an area of 0.940 only (eye)"
            })
    void attacksThatWriteFreshPagesAreJudged(double first, double second, String said) {
        assertThat(
                        text(
                                List.of(
                                        row("first", true, "eye", first),
                                        row("first", true, "ear", 0.5),
                                        row("second", true, "eye", second)),
                                List.of(),
                                List.of(),
                                List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.6 | No detector sees the attack \"data only\", which writes",
                "0.8 | The attack \"data only\" has an area of 0.800 (eye)."
            })
    void whatNobodySeesIsJudged(double area, String said) {
        assertThat(
                        text(
                                List.of(row("data only", false, "eye", area)),
                                List.of(),
                                List.of(),
                                List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | In 480.00 ms of virtual time without an attack no detector gave a false",
                "3 | \"eye\" gave 0 false alarms"
            })
    void falseAlarmsAreCounted(long most, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(
                                        new Rate("eye", 1, 0, 0, 7),
                                        new Rate("ear", 1, most, most, most + 7)),
                                List.of(),
                                List.of()))
                .contains(said);
    }

    @Test
    void periodsThatTheGuestsWorkDoesNotFitIntoAreSaid() {
        String said = "The guest's work does not fit into 1.00 ms: a period took 1.50 ms.";
        assertThat(text(720 * PERIOD, List.of(), List.of(), List.of(), List.of())).contains(said);
        assertThat(text(480 * PERIOD, List.of(), List.of(), List.of(), List.of()))
                .doesNotContain("fit into");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.01 | 1.2 | write protection of the same pages 1.200 times",
                "1.2 | 1.2 | no less than write protection's 1.200 times"
            })
    void costsAreJudged(double log, double traps, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(),
                                List.of(
                                        new Cost(DirtySource.LOG.label(), PERIOD, 0, log),
                                        new Cost(DirtySource.TRAPS.label(), PERIOD, 9, traps)),
                                List.of()))
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 7 | 8 | it is in 7 of 8, and however often it was written",
                "2 | 7 | 8 | cleared every period, in 7 of 8.",
                "1 | 1 | 1 | cleared every period, in 1 of 1.",
                "0 | 0 | 0 | of 100 stores, end before the first sample."
            })
    void rewritesAreJudged(long kept, long cleared, long samples, String said) {
        assertThat(
                        text(
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(
                                        new Rewrite(
                                                DirtySource.LOG.label() + ", kept",
                                                PERIOD,
                                                100,
                                                kept,
                                                samples),
                                        new Rewrite(
                                                DirtySource.LOG.label(),
                                                PERIOD,
                                                100,
                                                cleared,
                                                samples))))
                .contains(said);
    }
}
