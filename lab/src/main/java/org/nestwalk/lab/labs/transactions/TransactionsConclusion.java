package org.nestwalk.lab.labs.transactions;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.machine.transactions.SuppressedExit.DELIVERED;
import static org.nestwalk.machine.transactions.SuppressedExit.DROPPED;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.SuppressedExit;

/// What a run shows, and what it does not. Nothing is said of what was not finished.
final class TransactionsConclusion {
    private static final double GOOD_FIT = 0.95;
    private static final double NEARLY = 0.1;
    private static final double LOG_ENTRIES = 512;
    private static final int ARMED_AGAIN = 2;

    private final TransactionsResult result;
    private final Conclusion conclusion = new Conclusion();

    private TransactionsConclusion(TransactionsResult result) {
        this.result = result;
    }

    static Conclusion of(TransactionsResult result) {
        TransactionsConclusion made = new TransactionsConclusion(result);
        made.lengths();
        made.firstTouches();
        made.prefault();
        made.protection();
        made.logging();
        made.capacity();
        made.conflicts();
        return made.conclusion;
    }

    private void lengths() {
        ExponentialFit fit = result.fit();
        if (fit == null) {
            return;
        }
        double planted = result.settings().interruptRate();
        LengthSweep.Point shortest = result.lengths().getFirst();
        LengthSweep.Point longest = result.lengths().getLast();
        conclusion
                .expect(
                        "a-transaction-is-as-safe-as-it-is-short",
                        Condition.atLeast("R2 of the fit", fit.rSquared(), GOOD_FIT),
                        Condition.alike(
                                "fitted interrupts per cycle",
                                fit.rate(),
                                "planted",
                                planted,
                                NEARLY * planted))
                .say(
                        "A transaction is as safe as it is short: interrupts strike %1$s of those"
                                + " of %2$,d access{es} and %3$s of those of %4$,d, as"
                                + " 1 - exp(-rate x cycles) says.",
                        "Aborts do not follow 1 - exp(-rate x cycles) here: the fitted rate is"
                                + " %5$+.0f %% off the planted one, R2 = %6$.3f.",
                        Figures.percent(shortest.abortRate()),
                        shortest.length(),
                        Figures.percent(longest.abortRate()),
                        longest.length(),
                        100 * (fit.rate() / planted - 1),
                        fit.rSquared());
    }

    private static long violations(BackingCases.Row row) {
        return row.aborts().getOrDefault(AbortCause.VIOLATION.label(), 0L);
    }

    private BackingCases.@Nullable Row backing(String name, SuppressedExit suppressed) {
        return result.backing().stream()
                .filter(row ->
                        row.name().equals(name) && row.suppressed().equals(suppressed.label()))
                .findFirst()
                .orElse(null);
    }

    private void firstTouches() {
        BackingCases.Row dropped = backing(BackingCases.TOUCHED_4K, DROPPED);
        BackingCases.Row delivered = backing(BackingCases.TOUCHED_4K, DELIVERED);
        if (dropped == null || delivered == null) {
            return;
        }
        conclusion
                .expect(
                        "new-memory-aborts",
                        Condition.above(
                                "violations dropped", (double) violations(dropped), "none", 0, 0),
                        Condition.above(
                                "violations delivered",
                                (double) violations(delivered),
                                "none",
                                0,
                                0))
                .say(
                        "A page that is not backed aborts the transactions that meet it: %1$,d"
                                + " violation{s} if exits are dropped, %2$,d if they are delivered,"
                                + " for %3$,d page{s}.",
                        "Memory that is not backed does not abort in both cases: %1$,d violation{s}"
                                + " if exits are dropped, %2$,d if they are delivered, for %3$,d"
                                + " page{s}.",
                        violations(dropped),
                        violations(delivered),
                        delivered.pages());
        conclusion
                .expect(
                        "retries-are-wasted-on-dropped-exits",
                        Condition.above(
                                "share that takes the lock if exits are dropped",
                                dropped.fallbacks(),
                                "if they are delivered",
                                delivered.fallbacks(),
                                NEARLY * delivered.fallbacks()))
                .say(
                        "Where the exit is dropped, as the manual says of faults, trying again does"
                                + " not help: only the lock's plain accesses back the page, and"
                                + " %1$s of transactions take it, instead of %2$s.",
                        "Whether the exit is dropped or delivered makes no difference with %3$,d"
                                + " {retry|retries}: %1$s and %2$s of transactions take the lock.",
                        Figures.percent(dropped.fallbacks()),
                        Figures.percent(delivered.fallbacks()),
                        result.settings().retries());
        BackingCases.Row large = backing(BackingCases.TOUCHED_2M, DELIVERED);
        if (large == null) {
            return;
        }
        conclusion
                .expect(
                        "large-pages-abort-less",
                        Condition.below(
                                "violations with pages of 2M",
                                (double) violations(large),
                                "with pages of 4K",
                                (double) violations(delivered),
                                0))
                .say(
                        "Pages of 2M at the first touch abort %,d time{s} instead of %,d.",
                        "Pages of 2M at the first touch abort no less (%,d and %,d).",
                        violations(large),
                        violations(delivered));
    }

    private void prefault() {
        List<BackingCases.Row> before =
                result.backing().stream()
                        .filter(row -> row.name().startsWith(BackingCases.PREFAULT))
                        .toList();
        if (before.isEmpty()) {
            return;
        }
        long left = before.stream().mapToLong(TransactionsConclusion::violations).sum();
        conclusion
                .expect(
                        "prefault-aborts-nothing",
                        Condition.alike(
                                "violations in memory backed before", (double) left, "none", 0, 0))
                .say(
                        "Memory that is backed before a guest runs aborts nothing (%2$.2f times the"
                                + " cycles without transactions, instead of %3$.2f).",
                        "Even in memory that was backed before, violations abort %1$,d time{s}.",
                        left,
                        before.getFirst().slowdown(),
                        result.backing().getFirst().slowdown());
    }

    /// The pass after tracking was armed again.
    private TrackingCases.@Nullable Row armed(String name, SuppressedExit suppressed) {
        return result.tracking().stream()
                .filter(row ->
                        row.name().equals(name)
                                && row.suppressed().equals(suppressed.label())
                                && row.pass() == ARMED_AGAIN)
                .findFirst()
                .orElse(null);
    }

    private void protection() {
        TrackingCases.Row delivered = armed(TrackingCases.PROTECT_4K, DELIVERED);
        if (delivered != null) {
            conclusion
                    .expect(
                            "write-protection-aborts-once-a-page",
                            Condition.alike(
                                    "aborts a dirty page if exits are delivered",
                                    delivered.abortsPerPage(),
                                    "once",
                                    1,
                                    NEARLY))
                    .say(
                            "If exits are delivered, looking for written pages by write protection"
                                    + " aborts once for each in every pass (%.2f times a dirty"
                                    + " page).",
                            "If exits are delivered, looking for written pages by write protection"
                                    + " does not abort once for each in every pass, but %.2f times"
                                    + " a dirty page.",
                            delivered.abortsPerPage());
        }
        TrackingCases.Row dropped = armed(TrackingCases.PROTECT_4K, DROPPED);
        if (dropped != null) {
            int attempts = result.settings().retries() + 1;
            conclusion
                    .expect(
                            "dropped-write-protection-fails-every-attempt",
                            Condition.alike(
                                    "aborts a dirty page if exits are dropped",
                                    dropped.abortsPerPage(),
                                    "attempts",
                                    attempts,
                                    NEARLY * attempts))
                    .say(
                            "If they are dropped, every one of %1$,d attempt{s} fails: %2$.2f"
                                + " aborts a dirty page, and %3$s of transactions take the lock.",
                            "If they are dropped, not every one of %1$,d attempt{s} fails: %2$.2f"
                                    + " aborts a dirty page, and %3$s of transactions take the"
                                    + " lock.",
                            attempts,
                            dropped.abortsPerPage(),
                            Figures.percent(dropped.fallbacks()));
        }
    }

    private void logging() {
        TrackingCases.Row log = armed(TrackingCases.LOG_4K, DELIVERED);
        TrackingCases.Row protect = armed(TrackingCases.PROTECT_4K, DELIVERED);
        if (log != null && protect != null) {
            conclusion
                    .expect(
                            "logging-aborts-once-in-512-pages",
                            Condition.alike(
                                    "aborts a dirty page by a full log, exits delivered",
                                    log.abortsPerPage(),
                                    "1/512",
                                    1 / LOG_ENTRIES,
                                    NEARLY / LOG_ENTRIES))
                    .say(
                            "If exits are delivered, a log aborts once for each 512 (%s).",
                            "If exits are delivered, a log does not abort once for each 512, but"
                                    + " %s.",
                            times(log));
            better("delivered", log, protect);
        }
        TrackingCases.Row full = armed(TrackingCases.LOG_4K, DROPPED);
        TrackingCases.Row lost = armed(TrackingCases.PROTECT_4K, DROPPED);
        if (full != null && lost != null) {
            better("dropped", full, lost);
        }
    }

    private void better(String exits, TrackingCases.Row log, TrackingCases.Row protect) {
        conclusion
                .expect(
                        "logging-aborts-less-if-exits-are-" + exits,
                        Condition.below(
                                "aborts a dirty page by logging",
                                log.abortsPerPage(),
                                "by write protection",
                                protect.abortsPerPage(),
                                0))
                .say(
                        "If exits are %1$s, logging is better than write protection: %2$s, not"
                                + " %3$s; %4$s and %5$s of transactions take the lock.",
                        "If exits are %1$s, logging is no better than write protection: %2$s, and"
                                + " %3$s; %4$s and %5$s of transactions take the lock.",
                        exits,
                        times(log),
                        times(protect),
                        Figures.percent(log.fallbacks()),
                        Figures.percent(protect.fallbacks()));
    }

    private static String times(TrackingCases.Row row) {
        return row.abortsPerPage() > 0 && row.abortsPerPage() < 0.5
                ? Figures.format("once in %,.0f dirty pages", 1 / row.abortsPerPage())
                : Figures.format("%.2f times a dirty page", row.abortsPerPage());
    }

    private void capacity() {
        List<CapacityCases.Row> within =
                result.capacity().stream().filter(row -> row.writes() <= row.ways()).toList();
        List<CapacityCases.Row> beyond =
                result.capacity().stream().filter(row -> row.writes() > row.ways()).toList();
        if (within.isEmpty() || beyond.isEmpty()) {
            return;
        }
        double most = within.stream().mapToDouble(CapacityCases.Row::abortRate).max().orElse(0);
        double least = beyond.stream().mapToDouble(CapacityCases.Row::abortRate).min().orElse(0);
        conclusion
                .expect(
                        "what-a-set-cannot-hold-aborts",
                        Condition.alike("most aborted within the ways", most, "none", 0, 0),
                        Condition.alike("least aborted beyond them", least, "all", 1, 0))
                .say(
                        "A set of %1$d way{s} holds %1$d written line{s}: one more always aborts.",
                        "Lines of one set do not abort just beyond its %1$d way{s}: %2$s within,"
                                + " %3$s beyond.",
                        within.getFirst().ways(),
                        Figures.percent(most),
                        Figures.percent(least));
    }

    /// Of CPUs that share the fewest lines, and of one row that differs by CPUs only.
    private void conflicts() {
        List<ConflictCases.Row> few =
                result.conflicts().stream()
                        .filter(row -> row.lines() == result.conflicts().getFirst().lines())
                        .toList();
        if (few.size() < 2) {
            return;
        }
        ConflictCases.Row first = few.getFirst();
        ConflictCases.Row last = few.getLast();
        conclusion
                .expect(
                        "more-cpus-conflict-more",
                        Condition.above(
                                "conflicts an attempt of " + counted(last.cpus(), "CPU"),
                                last.abortRate(),
                                "of " + first.cpus(),
                                first.abortRate(),
                                0))
                .say(
                        "%d CPU{s} on %,d line{s} conflict in %s of attempts, %d in %s.",
                        "%d CPU{s} on %,d line{s} conflict no more, in %s of attempts, than %d, in"
                                + " %s.",
                        last.cpus(),
                        last.lines(),
                        Figures.percent(last.abortRate()),
                        first.cpus(),
                        Figures.percent(first.abortRate()));
    }
}
