package org.nestwalk.hypervisor.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.hypervisor.migration.MigrationPolicy.Step;
import org.nestwalk.hypervisor.migration.policy.AutoConverge;
import org.nestwalk.hypervisor.migration.policy.Deadline;
import org.nestwalk.hypervisor.migration.policy.DirtyLimit;
import org.nestwalk.hypervisor.migration.policy.DowntimeLimit;
import org.nestwalk.hypervisor.migration.policy.FixedRounds;
import org.nestwalk.hypervisor.migration.policy.Foresight;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;
import org.nestwalk.hypervisor.migration.policy.RampingLimit;
import org.nestwalk.hypervisor.migration.policy.StallDetection;
import org.nestwalk.hypervisor.migration.policy.StopAndCopy;
import org.nestwalk.memory.PageSet;

/// Guests that write at a constant rate, moved in virtual time.
class MigrationTest {
    private static final long MEMORY = 64L << 20;
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final double BANDWIDTH = 256L << 20;
    private static final double PAGE = 4096;
    private static final double ON_LINK = 4104;
    private static final long FIXED = 20 * MS;
    private static final long ROUND_TRIP = MS / 5;

    private static MigrationOutcome move(
            double rate, long workingSet, MigrationLink link, MigrationPolicy policy) {
        PageActivity guest = ConstantWriter.of(MEMORY, workingSet, rate * BANDWIDTH / ON_LINK);
        return new Migration(
                        new VirtualGround(guest, link),
                        policy,
                        progress -> progress.nanoseconds() < 600 * SECOND)
                .run();
    }

    /// A guest that dirties so many times what the link carries.
    private static MigrationOutcome move(double rate, long workingSet, MigrationPolicy policy) {
        MigrationLink link = new MigrationLink(BANDWIDTH, ROUND_TRIP, FIXED, 0);
        return move(rate, workingSet, link, policy);
    }

    /// Whole rounds until what is left fits, or is no less than before.
    private static MigrationPolicy asTheClosedForm(long limit) {
        return progress -> {
            if (progress.rounds().isEmpty()) {
                return new Step.Round(0);
            }
            boolean fits = progress.left() <= progress.bytesIn(limit);
            boolean stuck = progress.left() >= progress.last().bytes();
            return fits || stuck ? new Step.Stop() : new Step.Round(0);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "0.05, 1.0",
        "0.2, 1.0",
        "0.5, 1.0",
        "0.8, 1.0",
        "0.95, 1.0",
        "0.5, 0.1",
        "0.8, 0.25",
        "1.5, 1.0",
        "1.5, 0.1",
        "4, 0.05"
    })
    void constantWritersMigrateAsTheClosedFormSays(double rate, double set) {
        long workingSet = (long) (set * MEMORY) & -4096;
        long limit = 5 * MS;
        MigrationOutcome outcome =
                move(
                        rate,
                        workingSet,
                        new MigrationLink(BANDWIDTH, 0, 0, 0),
                        asTheClosedForm(limit));
        double header = ON_LINK / PAGE;
        ClosedForm expected =
                ClosedForm.of(
                        MEMORY * header, workingSet * header, rate * BANDWIDTH, BANDWIDTH, limit);
        assertThat(outcome.rounds().size()).isCloseTo(expected.rounds(), within(1));
        assertThat((double) outcome.nanoseconds())
                .isCloseTo((double) expected.nanoseconds(), within(0.02 * expected.nanoseconds()));
        if (outcome.rounds().size() == expected.rounds()) {
            assertThat((double) outcome.downtime().memory())
                    .isCloseTo(
                            (double) expected.downtime(),
                            within(0.02 * expected.downtime() + 2 * ON_LINK / BANDWIDTH * 1e9));
        }
    }

    @Test
    void stoppingAtOnceSendsAllOnceWhileNothingRuns() {
        MigrationOutcome outcome = move(0.5, MEMORY, new StopAndCopy());
        assertThat(outcome.rounds()).isEmpty();
        assertThat(outcome.bytes()).isEqualTo((long) (MEMORY / PAGE * ON_LINK));
        assertThat(outcome.downtime().all()).isEqualTo(outcome.nanoseconds());
        assertThat(outcome.downtime().handOver()).isEqualTo(FIXED + ROUND_TRIP);
    }

    @Test
    void pagesOfZeroesTakeNineBytes() {
        PageActivity guest =
                new RepeatedActivity(
                        MEMORY,
                        new PageSet(),
                        true,
                        List.of(
                                new PageActivity.Interval(
                                        MS,
                                        new Touches(new int[0], new int[0]),
                                        new Touches(new int[0], new int[0]))));
        MigrationOutcome outcome =
                new Migration(
                                new VirtualGround(guest, new MigrationLink(BANDWIDTH, 0, 0, 0)),
                                new StopAndCopy(),
                                _ -> true)
                        .run();
        assertThat(outcome.bytes()).isEqualTo(9 * MEMORY / 4096);
    }

    @Test
    void aDowntimeLimitIsKeptByThoseThatWriteSlowly() {
        MigrationOutcome outcome = move(0.4, MEMORY, new DowntimeLimit(30 * MS));
        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.downtime().memory()).isLessThanOrEqualTo(31 * MS);
    }

    @Test
    void aDowntimeLimitAloneNeverStopsWhoWritesFasterThanTheLink() {
        MigrationOutcome outcome = move(1.3, MEMORY, new DowntimeLimit(30 * MS));
        assertThat(outcome.isCancelled()).isTrue();
        assertThat(outcome.nanoseconds()).isGreaterThanOrEqualTo(600 * SECOND);
        assertThat(outcome.downtime().all()).isZero();
    }

    /// QEMU's steps: 20 %, then 10 points more after each two rounds that dirty more than half of
    /// what they send.
    @Test
    void throttlingRisesFromTwentyBySteps() {
        MigrationOutcome outcome =
                move(1.8, MEMORY, new AutoConverge(30 * MS, 0.5, 0.2, 0.1, 0.99));
        assertThat(outcome.succeeded()).isTrue();
        List<Double> steps =
                outcome.rounds().stream().map(MigrationRound::withheld).distinct().toList();
        assertThat(steps.subList(0, 4)).containsExactly(0.0, 0.2, 0.2 + 0.1, 0.2 + 0.1 + 0.1);
        // Below the bandwidth in the end.
        assertThat(1.8 * (1 - steps.getLast())).isLessThan(1);
        assertThat(outcome.slowdown()).isGreaterThan(0.1);
    }

    @Test
    void throttlingNeverPassesItsMost() {
        MigrationOutcome outcome = move(40, MEMORY, new AutoConverge(10 * MS, 0.5, 0.2, 0.3, 0.6));
        assertThat(outcome.rounds()).allMatch(round -> round.withheld() <= 0.6);
        assertThat(outcome.isCancelled()).isTrue();
    }

    @Test
    void aDirtyLimitBringsWritesBelowTheLink() {
        MigrationOutcome outcome = move(1.8, MEMORY, new DirtyLimit(30 * MS, 0.5, 8L << 20));
        assertThat(outcome.succeeded()).isTrue();
        MigrationRound last = outcome.rounds().getLast();
        double rate = last.written() * PAGE / last.nanoseconds() * 1e9;
        assertThat(rate).isLessThan(1.05 * (8L << 20) + PAGE / last.nanoseconds() * 1e9);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeadlineEndsInTheMiddleOfARound(boolean force) {
        MigrationOutcome outcome = move(1.3, MEMORY, new Deadline(30 * MS, SECOND, force));
        assertThat(outcome.succeeded()).isEqualTo(force);
        assertThat(outcome.nanoseconds() - outcome.downtime().all())
                .isBetween(SECOND, SECOND + Migration.WATCH + MS);
    }

    @Test
    void aRampingLimitGrowsUntilTheGuestFits() {
        MigrationOutcome outcome =
                move(1.3, 32L << 20, new RampingLimit(20 * MS, 500 * MS, 40 * MS));
        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.downtime().memory()).isBetween(100 * MS, 140 * MS);
        assertThat(move(3, MEMORY, new RampingLimit(20 * MS, 60 * MS, 40 * MS)).isCancelled())
                .isTrue();
    }

    @Test
    void roundsEndWhenTheMemoryWasSentSoOften() {
        MigrationOutcome outcome = move(1.3, MEMORY, new FixedRounds(29, 3, 50));
        assertThat(outcome.rounds().size()).isEqualTo(4);
        assertThat(move(1.3, 1L << 20, new FixedRounds(7, 3, 50)).rounds()).hasSize(7);
    }

    @Test
    void aStallIsNoticedAndTheLargerDowntimeTaken() {
        StallDetection.Settings settings =
                new StallDetection.Settings(
                        30 * MS, 200 * MS, SECOND, 150 * SECOND, 0.04, 0.4, 1.5, 0.5, true);
        MigrationOutcome outcome = move(1.3, 32L << 20, new StallDetection(settings));
        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.faults()).isZero();
        assertThat(outcome.nanoseconds()).isBetween(SECOND, 3 * SECOND);
        assertThat(outcome.downtime().memory()).isBetween(30 * MS, 200 * MS);
    }

    @Test
    void aStallThatNoDowntimeAllowsEndsInPostCopy() {
        StallDetection.Settings settings =
                new StallDetection.Settings(
                        10 * MS, 20 * MS, SECOND, 150 * SECOND, 0.04, 0.4, 1.5, 0.5, true);
        MigrationOutcome outcome = move(1.3, MEMORY, new StallDetection(settings));
        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.faults()).isPositive();
        assertThat(outcome.downtime().memory()).isZero();
    }

    @Test
    void foresightStopsWhereRoundsGainNothingAndGoesOnWhereTheyDo() {
        MigrationOutcome stuck = move(1.3, 16L << 20, new Foresight(0.05, 5 * MS));
        assertThat(stuck.rounds().size()).isBetween(1, 3);
        MigrationOutcome gaining = move(0.5, MEMORY, new Foresight(0.05, 5 * MS));
        assertThat(gaining.downtime().memory()).isLessThanOrEqualTo(5 * MS);
        assertThat(gaining.rounds().size()).isBetween(4, 8);
    }

    /// Each page crosses the link once, and the longest wait is a round trip, the page that is
    /// under way, and the page itself.
    @Test
    void postCopySendsEachPageOnceAndWaitsForARoundTrip() {
        MigrationOutcome outcome = move(0.5, MEMORY, new PostCopyAfter(0));
        assertThat(outcome.bytes()).isEqualTo((long) (MEMORY / PAGE * ON_LINK) + MEMORY / 4096 / 8);
        assertThat(outcome.downtime().memory()).isZero();
        double page = ON_LINK / BANDWIDTH * 1e9;
        double bitmap = MEMORY / PAGE / 8.0 / BANDWIDTH * 1e9;
        assertThat((double) outcome.downtime().handOver())
                .isCloseTo(FIXED + ROUND_TRIP + bitmap, within(1.0));
        assertThat(outcome.faults()).isPositive();
        assertThat((double) outcome.longestPause() - outcome.downtime().handOver()).isZero();
        MigrationOutcome distant =
                move(
                        0.5,
                        MEMORY,
                        new MigrationLink(BANDWIDTH, 100 * MS, 0, 0),
                        new PostCopyAfter(0));
        assertThat((double) distant.longestPause())
                .isBetween(100.0 * MS, 100 * MS + 2 * page + bitmap + 2);
    }

    /// A page a second, and every round is shorter than that.
    @Test
    void aDirtyLimitIsKeptInShortRounds() {
        MigrationOutcome outcome = move(1.3, 1L << 20, new DirtyLimit(0, 0.5, 4096));
        assertThat(outcome.rounds()).hasSize(5);
        assertThat(outcome.rounds().stream().skip(3).mapToLong(MigrationRound::written).sum())
                .isEqualTo(1);
        assertThat(outcome.lost()).isLessThanOrEqualTo(outcome.nanoseconds());
        assertThat(outcome.longestPause()).isEqualTo(SECOND);
    }

    @Test
    void aThrottleThatBeginsAtNothingRises() {
        MigrationOutcome outcome = move(1.3, MEMORY, new AutoConverge(30 * MS, 0.5, 0, 0.2, 0.99));
        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.rounds()).anyMatch(round -> round.withheld() == 0.2);
    }

    @Test
    void exitsOfFirstWritesSlowTheGuestDown() {
        MigrationLink traps = new MigrationLink(BANDWIDTH, 0, 0, 20_000);
        MigrationOutcome outcome = move(0.5, MEMORY, traps, new DowntimeLimit(30 * MS));
        assertThat(outcome.lost())
                .isCloseTo(
                        outcome.rounds().stream().mapToLong(MigrationRound::written).sum() * 20_000,
                        within(2 * MS));
    }
}
