package org.nestwalk.lab.labs.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.OneLine;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.TransactionSettings;

/// Sentences about planted figures: each turns when the figures do.
class TransactionsDocumentTest {
    private static final double RATE = 1e-4;

    private double fitted = 1.01e-4;
    private double droppedFallbacks = 0.11;
    private long largeViolations = 7;
    private long prefaultViolations;
    private double protectDelivered = 1;
    private double protectDropped = 4;
    private double logDelivered = 1.0 / 512;
    private double logDropped = 3.5;
    private boolean hasLog = true;

    private String text() {
        List<TrackingCases.Row> tracking = new ArrayList<>();
        tracking.add(tracking("write-protect, 4K", "dropped", protectDropped));
        tracking.add(tracking("write-protect, 4K", "delivered", protectDelivered));
        if (hasLog) {
            tracking.add(tracking("logging, 4K", "dropped", logDropped));
            tracking.add(tracking("logging, 4K", "delivered", logDelivered));
        }
        TransactionsResult result =
                new TransactionsResult(
                        "a machine",
                        "gups",
                        TransactionSettings.of(16, 3).withInterrupts(RATE, 1),
                        List.of(
                                new LengthSweep.Point(8, 100, 10, 0.01, 0.01),
                                new LengthSweep.Point(4_000, 16_000, 10, 0.8, 0.8)),
                        new ExponentialFit(fitted, 0.999),
                        List.of(
                                backing("first touch, 4K", "dropped", 4_000, droppedFallbacks),
                                backing("first touch, 4K", "delivered", 3_000, 0.01),
                                backing("first touch, 2M", "delivered", largeViolations, 0),
                                backing("prefault, 4K", "delivered", prefaultViolations, 0),
                                backing("prefault, 2M", "delivered", 0, 0)),
                        tracking,
                        List.of(new CapacityCases.Row(1, 8, 0)),
                        List.of(new ConflictCases.Row(1, 64, 8, 0, 0, 10)));
        return OneLine.of(TransactionsDocument.of(result));
    }

    private static BackingCases.Row backing(
            String name, String suppressed, long violations, double fallbacks) {
        return new BackingCases.Row(
                name,
                suppressed,
                4_096,
                10_000,
                12_000,
                violations == 0 ? Map.of() : Map.of(AbortCause.VIOLATION.label(), violations),
                violations / 4_096.0,
                fallbacks,
                1_000,
                1.1,
                true);
    }

    private static TrackingCases.Row tracking(String name, String suppressed, double perPage) {
        return new TrackingCases.Row(
                name, suppressed, 2, 2_048, 1, 2_048, (long) (2_048 * perPage), perPage, 0.5, 1);
    }

    @Test
    void abortsThatFollowTheCurveAreSaidTo() {
        assertThat(text()).contains("A transaction is as safe as it is short");
        fitted = 2e-4;
        assertThat(text())
                .contains("Aborts do not follow 1 - exp(-rate x cycles) here", "+100 % off");
    }

    @Test
    void droppedExitsThatMakeNoDifferenceAreSaidTo() {
        assertThat(text()).contains("trying again does not help", "11 % of transactions take it");
        droppedFallbacks = 0.01;
        assertThat(text())
                .contains("dropped or delivered makes no difference with 3 retries")
                .doesNotContain("trying again does not help");
    }

    @Test
    void largePagesAndBackingBeforeAreJudgedByTheirViolations() {
        assertThat(text()).contains("abort 7 times instead of 3,000", "aborts nothing");
        largeViolations = 3_000;
        prefaultViolations = 5;
        assertThat(text())
                .contains("abort no less (3,000 and 3,000)")
                .contains("backed before, violations abort 5 times");
    }

    @Test
    void ratesOfTrackingAreSaidOfTheReadingThatTheyHoldFor() {
        assertThat(text())
                .contains("If exits are delivered, looking for written pages by write protection")
                .contains("aborts once for each in every pass (1.00 times a dirty page)")
                .contains("If they are dropped, every one of 4 attempts fails: 4.00 aborts a dirty")
                .contains("a log aborts once for each 512 (once in 512 dirty pages)")
                .contains("logging is better than write protection: once in 512 dirty pages, not")
                .contains("If exits are dropped, logging is better than write protection: 3.50");
    }

    @Test
    void ratesThatDoNotShowAreSaidNotTo() {
        protectDelivered = 0.4;
        protectDropped = 1;
        logDelivered = 1.0 / 100;
        assertThat(text())
                .contains("does not abort once for each in every pass, but 0.40 times")
                .contains("not every one of 4 attempts fails: 1.00 aborts")
                .contains("does not abort once for each 512, but once in 100 dirty pages");
    }

    @Test
    void loggingIsAdvisedWhereItAbortsLess() {
        logDropped = 5;
        assertThat(text())
                .contains("If exits are dropped, logging is no better")
                .contains("If exits are delivered, logging is better");
        logDelivered = 2;
        assertThat(text()).contains("If exits are delivered, logging is no better");
        hasLog = false;
        assertThat(text()).doesNotContain("logging", "512");
    }

    @Test
    void nothingIsSaidOfWhatWasNotFinished() {
        TransactionsResult result =
                new TransactionsResult(
                        "a machine",
                        "gups",
                        TransactionSettings.of(16, 3),
                        List.of(new LengthSweep.Point(8, 100, 10, 0.01, 0.01)),
                        null,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of());
        assertThat(TransactionsDocument.of(result).claims()).isEmpty();
        assertThat(OneLine.of(TransactionsDocument.of(result)))
                .contains("Interrupts at")
                .doesNotContain("Fitted", "Written pages", "CPUs side by side");
    }
}
