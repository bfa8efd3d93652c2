package org.nestwalk.lab.labs.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.document.Claim;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.parameter.Arguments;

class TransactionsExperimentTest {
    private static final long SEED = 3;
    private static final int RETRIES = 3;
    private static final double RATE = 2e-4;
    private static final String PROGRAM = "gups:footprint=2MiB,accesses=20k";
    private static final TransactionsExperiment EXPERIMENT = new TransactionsExperiment();
    private static final TransactionsResult RESULT =
            run(Laboratory.unwatched(), PROGRAM, RETRIES, RATE);

    private static TransactionsResult run(
            Laboratory laboratory, String program, int retries, double rate) {
        return EXPERIMENT.run(
                laboratory,
                Arguments.of(
                        EXPERIMENT.spec().all(),
                        Map.of(
                                "program", List.of(program),
                                "retries", List.of(Integer.toString(retries)),
                                "interrupts", List.of(Double.toString(rate)),
                                "seed", List.of(Long.toString(SEED))),
                        UnaryOperator.identity()));
    }

    private static List<String> notShown(TransactionsResult result) {
        return EXPERIMENT.document(result).claims().stream()
                .filter(claim -> !claim.held())
                .map(Claim::name)
                .toList();
    }

    /// With no retries, there is nothing that a dropped exit could waste.
    @Test
    void allThatIsExpectedShowsButWhatNeedsRetriesWithoutThem() {
        assertThat(notShown(RESULT)).isEmpty();
        assertThat(notShown(run(Laboratory.unwatched(), PROGRAM, 0, 1e-3)))
                .contains("retries-are-wasted-on-dropped-exits");
    }

    @Test
    void interruptedRunHasThePartsThatWereFinished() {
        TransactionsResult result =
                run(
                        Laboratory.watchedBy(
                                event -> event.done() < event.total().orElseThrow() / 2),
                        PROGRAM,
                        RETRIES,
                        1e-3);
        assertThat(result.lengths()).hasSizeBetween(3, 11);
        assertThat(result.lengths())
                .isEqualTo(
                        run(Laboratory.unwatched(), PROGRAM, RETRIES, 1e-3)
                                .lengths()
                                .subList(0, result.lengths().size()));
        assertThat(result.backing()).isEmpty();
        assertThat(EXPERIMENT.document(result).claims()).hasSize(1);
    }

    @Test
    void runThatIsEndedAtOnceHasNoResult() {
        Laboratory impatient = Laboratory.watchedBy(event -> false);
        assertThatThrownBy(() -> run(impatient, PROGRAM, RETRIES, 1e-3))
                .isInstanceOf(EndedEarly.class);
    }

    @Test
    void abortRateAgainstLengthGivesThePlantedRate() {
        ExponentialFit fit = Objects.requireNonNull(RESULT.fit());
        assertThat(fit.rSquared()).as("seed " + SEED).isGreaterThan(0.99);
        assertThat(fit.rate()).isCloseTo(RATE, Percentage.withPercentage(5));
    }

    @Test
    void prefaultBringsViolationsToZero() {
        assertThat(RESULT.backing())
                .filteredOn(row -> row.name().startsWith("prefault"))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.violationsPerPage()).isZero());
        assertThat(RESULT.backing().getFirst().violationsPerPage()).isGreaterThan(1);
    }

    @Test
    void progressEndsWithAllOfTheTotal() {
        List<Long> totals = new ArrayList<>();
        List<Long> done = new ArrayList<>();
        run(
                Laboratory.watchedBy(event -> {
                    done.add(event.done());
                    totals.add(event.total().orElseThrow());
                    return true;
                }),
                PROGRAM,
                RETRIES,
                1e-3);
        assertThat(totals).containsOnly(done.getLast());
    }

    @Test
    void everyProgramEndsAsOnPlainMemory() {
        assertThat(RESULT.backing()).allMatch(BackingCases.Row::checksumHolds);
    }

    @Test
    void droppedViolationsMakeTransactionsTakeTheLock() {
        BackingCases.Row dropped = RESULT.backing().get(0);
        BackingCases.Row delivered = RESULT.backing().get(1);
        assertThat(dropped.suppressed()).isEqualTo("dropped");
        assertThat(dropped.fallbacks()).isGreaterThan(2 * delivered.fallbacks());
        long locked = Math.round(dropped.fallbacks() * dropped.transactions());
        assertThat(dropped.aborts().get("second-level violation"))
                .as("every attempt at a transaction that meets one fails")
                .isEqualTo(locked * (RETRIES + 1));
    }

    @Test
    void writeProtectionAbortsAboutOncePerPageInEveryArmedPass() {
        assertThat(RESULT.tracking())
                .filteredOn(row ->
                        row.name().equals("write-protect, 4K")
                                && row.suppressed().equals("delivered")
                                && row.pass() < 3)
                .hasSize(2)
                .allSatisfy(row -> {
                    assertThat(row.abortsPerPage()).isCloseTo(1, Offset.offset(0.01));
                    assertThat(row.abortedFirst()).isEqualTo(1);
                });
    }

    @Test
    void passThatIsNotArmedAbortsNothing() {
        assertThat(RESULT.tracking())
                .filteredOn(row -> row.pass() == 3)
                .allSatisfy(row -> assertThat(row.aborts()).isZero());
    }

    @Test
    void loggingAbortsAtMostOncePer512DirtyPages() {
        assertThat(RESULT.tracking())
                .filteredOn(row ->
                        row.name().startsWith("logging") && row.suppressed().equals("delivered"))
                .hasSize(3)
                .allSatisfy(row -> {
                    assertThat(row.abortsPerPage()).isLessThanOrEqualTo(1.0 / 512);
                    assertThat(row.dirtyPages()).isGreaterThanOrEqualTo(2_048);
                });
    }

    @Test
    void largePagesAreProtectedAndViolatedAsOne() {
        assertThat(RESULT.tracking())
                .filteredOn(row -> row.name().equals("write-protect, 2M") && row.pass() == 1)
                .allSatisfy(row -> assertThat(row.aborts()).isLessThan(10));
        assertThat(RESULT.backing().get(2).violationsPerPage()).isLessThanOrEqualTo(1);
    }

    @Test
    void ninthWriteToASetOfEightWaysAlwaysAborts() {
        assertThat(RESULT.capacity())
                .allSatisfy(row ->
                        assertThat(row.abortRate()).isEqualTo(row.writes() <= 8 ? 0.0 : 1.0));
    }

    @Test
    void moreCpusConflictMoreAndFewerLinesToo() {
        var rows = RESULT.conflicts();
        assertThat(rows.get(0).abortRate()).isZero();
        assertThat(rows.get(2).abortRate()).isGreaterThan(rows.get(1).abortRate());
        assertThat(rows.get(2).abortRate()).isGreaterThan(rows.get(5).abortRate());
    }

    @Test
    void sameSeedGivesTheSame() {
        assertThat(run(Laboratory.unwatched(), PROGRAM, RETRIES, RATE)).isEqualTo(RESULT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cc1.nwt | 1e-4 | unknown program 'cc1.nwt'",
                "gups | 1e-4 | a footprint of 16GiB cannot be run as transactions; use 1GiB or"
                        + " less",
                "gups:footprint=1MiB,accesses=1G | 1e-4 | use 1 to 100,000,000",
                "gups:footprint=1MiB | 1e-6 | interrupts: '1.0E-6' is not 1.0E-5 to 0.001",
                "gups:footprint=1MiB | 0.02 | interrupts: '0.02' is not"
            })
    void whatCannotBeATransactionIsNamed(String program, double rate, String message) {
        assertThatThrownBy(() -> run(Laboratory.unwatched(), program, RETRIES, rate))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }
}
