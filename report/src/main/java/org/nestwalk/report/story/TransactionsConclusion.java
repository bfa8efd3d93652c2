package org.nestwalk.report.story;

import java.util.List;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.transactions.BackingCases;
import org.nestwalk.lab.transactions.TrackingCases;
import org.nestwalk.lab.transactions.TransactionStory.Result;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.SuppressedExit;

/// What a run of [org.nestwalk.lab.transactions.TransactionStory] shows, and what it does not.
final class TransactionsConclusion {
    private static final double GOOD_FIT = 0.95;
    private static final double NEARLY = 0.1;
    private static final double MORE = 1.1;
    private static final int ARMED_AGAIN = 2;

    private final Result result;
    private final Conclusion conclusion = new Conclusion();

    private TransactionsConclusion(Result result) {
        this.result = result;
    }

    static Conclusion of(Result result) {
        TransactionsConclusion made = new TransactionsConclusion(result);
        made.lengths();
        made.firstTouches();
        made.prefault();
        made.tracking();
        return made.conclusion;
    }

    private void lengths() {
        double planted = result.settings().interruptRate();
        double off = result.fit().rate() / planted - 1;
        if (result.fit().rSquared() >= GOOD_FIT && Math.abs(off) <= NEARLY) {
            conclusion.say(
                    "A transaction is as safe as it is short: interrupts strike %s of those of %,d"
                            + " accesses and %s of those of %,d, as 1 - exp(-rate x cycles) says.",
                    Figures.percent(result.lengths().getFirst().abortRate()),
                    result.lengths().getFirst().length(),
                    Figures.percent(result.lengths().getLast().abortRate()),
                    result.lengths().getLast().length());
        } else {
            conclusion.say(
                    "Aborts do not follow 1 - exp(-rate x cycles) here: the fitted rate is %+.0f %%"
                            + " off the planted one, R2 = %.3f.",
                    100 * off, result.fit().rSquared());
        }
    }

    private static long violations(BackingCases.Row row) {
        return row.aborts().getOrDefault(AbortCause.VIOLATION.label(), 0L);
    }

    private void firstTouches() {
        BackingCases.Row dropped = result.backing().get(0);
        BackingCases.Row delivered = result.backing().get(1);
        BackingCases.Row large = result.backing().get(2);
        if (violations(dropped) + violations(delivered) == 0) {
            conclusion.say("No transaction met memory that was not backed.");
            return;
        }
        conclusion.say(
                "A page that is not backed aborts its first transaction (%,d violations dropped,"
                        + " %,d delivered, for %,d pages).",
                violations(dropped), violations(delivered), delivered.pages());
        if (dropped.fallbacks() > MORE * delivered.fallbacks()) {
            conclusion.say(
                    "Where the exit is dropped, as the manual says of faults, trying again does not"
                            + " help: only the lock's plain accesses back the page, and %s of"
                            + " transactions take it, instead of %s.",
                    Figures.percent(dropped.fallbacks()), Figures.percent(delivered.fallbacks()));
        } else {
            conclusion.say(
                    "Whether the exit is dropped or delivered makes no difference with %,d retries:"
                            + " %s and %s of transactions take the lock.",
                    result.settings().retries(),
                    Figures.percent(dropped.fallbacks()),
                    Figures.percent(delivered.fallbacks()));
        }
        if (violations(large) < violations(delivered)) {
            conclusion.say(
                    "Pages of 2M at the first touch abort %,d times instead of %,d.",
                    violations(large), violations(delivered));
        } else {
            conclusion.say(
                    "Pages of 2M at the first touch abort no less (%,d and %,d).",
                    violations(large), violations(delivered));
        }
    }

    private void prefault() {
        List<BackingCases.Row> before = result.backing().subList(3, result.backing().size());
        long left = before.stream().mapToLong(TransactionsConclusion::violations).sum();
        if (left == 0) {
            conclusion.say(
                    "Memory that is backed before a guest runs aborts nothing (%.2f times the"
                            + " cycles without transactions, instead of %.2f).",
                    before.getFirst().slowdown(), result.backing().getFirst().slowdown());
        } else {
            conclusion.say(
                    "Even in memory that was backed before, violations abort %,d times.", left);
        }
    }

    private void tracking() {
        List<TrackingCases.Row> delivered = armed(SuppressedExit.DELIVERED);
        List<TrackingCases.Row> dropped = armed(SuppressedExit.DROPPED);
        TrackingCases.Row protect = delivered.getFirst();
        TrackingCases.Row lost = dropped.getFirst();
        conclusion.say(
                "Looking for written pages by write protection aborts %s in every pass if exits"
                        + " are delivered, and %s if they are dropped (%s of transactions then take"
                        + " the lock).",
                times(protect), times(lost), Figures.percent(lost.fallbacks()));
        if (dropped.size() < 2) {
            conclusion.say("This processor has no log of written pages to do it with.");
            return;
        }
        TrackingCases.Row log = delivered.getLast();
        TrackingCases.Row full = dropped.getLast();
        boolean fewer = log.abortsPerPage() < protect.abortsPerPage();
        boolean fewerLost = full.abortsPerPage() < lost.abortsPerPage();
        conclusion.say(
                "A log aborts %s and %s (%s then take the lock): %s.",
                times(log),
                times(full),
                Figures.percent(full.fallbacks()),
                fewer && fewerLost
                        ? "track writes by logging"
                        : fewer
                                ? "logging is better only if exits are delivered"
                                : fewerLost
                                        ? "logging is better only if exits are dropped"
                                        : "logging is no better");
    }

    private static String times(TrackingCases.Row row) {
        return row.abortsPerPage() > 0 && row.abortsPerPage() < 0.5
                ? Figures.format("once in %,.0f dirty pages", 1 / row.abortsPerPage())
                : Figures.format("%.2f times a dirty page", row.abortsPerPage());
    }

    /// The passes after tracking was armed again, one for each way: write protection of 4K pages
    /// first, and a log, if the processor has one, last.
    private List<TrackingCases.Row> armed(SuppressedExit suppressed) {
        return result.tracking().stream()
                .filter(row ->
                        row.suppressed().equals(suppressed.label()) && row.pass() == ARMED_AGAIN)
                .toList();
    }
}
