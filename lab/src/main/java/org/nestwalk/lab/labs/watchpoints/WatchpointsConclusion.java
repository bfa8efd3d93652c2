package org.nestwalk.lab.labs.watchpoints;

import java.util.List;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.channel.estimate.BinomialInterval;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Cost;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Detection;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Periodic;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Suspect;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Timing;

/// What a run shows, and what it does not.
final class WatchpointsConclusion {
    private static final double NEAR = 0.1;
    private static final double SURE = 0.95;
    private static final double UNSURE = 0.5;
    private static final int FEW = 100;

    private WatchpointsConclusion() {}

    static Conclusion of(WatchpointsResult result) {
        Conclusion conclusion = new Conclusion();
        detections(conclusion, result);
        periodic(conclusion, result.periodic());
        costs(conclusion, result);
        suspects(conclusion, result.suspects());
        timings(conclusion, result);
        beside(conclusion, result);
        return conclusion;
    }

    private static void detections(Conclusion conclusion, WatchpointsResult result) {
        List<Detection> all = result.detections();
        List<Detection> bugs = all.stream().filter(one -> one.expected() > 0).toList();
        long outside = bugs.stream().filter(one -> !one.isExpected()).count();
        if (!bugs.isEmpty()) {
            chance(conclusion, bugs, outside);
        }
        long seen = all.stream().mapToLong(Detection::seen).sum();
        long wrong = all.stream().mapToLong(Detection::falseReports).sum();
        if (seen > 0) {
            exact(conclusion, seen, all.stream().mapToLong(Detection::exact).sum());
        }
        conclusion
                .expect(
                        "no-false-reports",
                        Condition.atMost("reports of good accesses", (double) wrong, "none", 0))
                .say(
                        "No good access is reported, and %2$s.",
                        "%1$,d good access{es} {is|are} reported, and %2$s.",
                        wrong,
                        result.loadsRight()
                                ? "all programs load what a twin without a machine says"
                                : "a program loads something wrong");
    }

    /// Whether chance explains all kinds of runs together: by Bonferroni each may be as improbable
    /// as it leaves to one of so many.
    private static void chance(Conclusion conclusion, List<Detection> bugs, long outside) {
        double each = HeapRuns.OUTSIDE / bugs.size();
        long beyond =
                bugs.stream()
                        .filter(one -> {
                            BinomialInterval all =
                                    BinomialInterval.of(one.runs(), one.expected(), each);
                            return one.seen() < all.low() || one.seen() > all.high();
                        })
                        .count();
        conclusion
                .expect(
                        "seen-as-chance-says",
                        Condition.atMost(
                                "kinds of runs that chance does not explain",
                                (double) beyond,
                                "none",
                                0))
                .say(
                        "Bugs are seen as often as 1 - (1 - k/M)^n says: of %,d kind{s} of runs"
                                + " %,d {is|are} outside the interval that chance leaves 99 %% of"
                                + " probability.",
                        "Bugs are not seen as often as 1 - (1 - k/M)^n says: of %,d kind{s} of runs"
                                + " %,d {is|are} outside the interval that chance leaves 99 %% of"
                                + " probability.",
                        bugs.size(),
                        outside);
    }

    private static void exact(Conclusion conclusion, long seen, long exact) {
        conclusion
                .expect(
                        "reports-are-exact",
                        Condition.alike(
                                "exact reports",
                                (double) exact,
                                "runs that saw a bug",
                                (double) seen,
                                0))
                .say(
                        "Each of %,d report{s} names instruction, caller, addresses, CPU and value"
                                + " of the bad access.",
                        "Of %,d report{s} only %,d name{s|} instruction, caller, addresses, CPU and"
                                + " value of the bad access.",
                        seen,
                        exact);
    }

    private static void periodic(Conclusion conclusion, List<Periodic> rows) {
        if (rows.size() == 2) {
            Periodic random = rows.getFirst();
            Periodic turn = rows.getLast();
            double least =
                    BinomialInterval.of(turn.runs(), turn.expected(), HeapRuns.OUTSIDE).low();
            conclusion
                    .expect(
                            "rotation-in-turn-misses",
                            Condition.below(
                                    "runs seen in turn", turn.seen(), "by chance", least, 0))
                    .say(
                            "Pages in turn miss a bug that comes in step with them: it is seen in"
                                    + " %,d of %,d run{s}, and with pages at random in %,d.",
                            "Pages in turn see a bug that comes in step with them in %,d of %,d"
                                    + " run{s}, and pages at random in %,d.",
                            turn.seen(),
                            turn.runs(),
                            random.seen());
        }
    }

    private static void costs(Conclusion conclusion, WatchpointsResult result) {
        List<Cost> random =
                result.costs().stream()
                        .filter(one -> one.choice().equals("random") && one.accesses() >= FEW)
                        .toList();
        if (!random.isEmpty()) {
            Cost most = random.getLast();
            conclusion
                    .expect(
                            "cost-as-predicted",
                            Condition.alike(
                                    "time taken over predicted",
                                    most.time() / most.predictedTime(),
                                    "1",
                                    1,
                                    NEAR))
                    .say(
                            "%,d armed page{s} cost what k x r x c says, but for %s of that: %s"
                                    + " more time.",
                            "%,d armed page{s} do{es|} not cost what k x r x c says, by %s of that:"
                                    + " %s more time.",
                            most.armed(),
                            Figures.percent(Math.abs(most.time() / most.predictedTime() - 1)),
                            Figures.percent(most.slowdown()));
        }
        List<Cost> costs = result.costs();
        if (costs.size() >= 2) {
            Cost hot = costs.get(costs.size() - 2);
            Cost cold = costs.getLast();
            conclusion
                    .expect(
                            "cold-pages-cost-less",
                            Condition.below(
                                    "accesses to armed cold pages",
                                    (double) cold.accesses(),
                                    "to pages at random",
                                    (double) hot.accesses(),
                                    NEAR * hot.accesses()))
                    .say(
                            "Cold pages first: %,d access{es} to armed pages instead of %,d, with"
                                + " as many pages armed; a bug on the hottest tenth is seen with"
                                + " probability %s instead of %s.",
                            "Cold pages first gain nothing: %,d access{es} to armed pages instead"
                                + " of %,d; a bug on the hottest tenth is seen with probability %s"
                                + " instead of %s.",
                            cold.accesses(),
                            hot.accesses(),
                            Figures.percent(cold.hotCoverage()),
                            Figures.percent(hot.hotCoverage()));
        }
    }

    private static void suspects(Conclusion conclusion, List<Suspect> suspects) {
        if (suspects.isEmpty()) {
            return;
        }
        double bug =
                suspects.stream()
                        .filter(Suspect::bug)
                        .mapToDouble(Suspect::probability)
                        .max()
                        .orElse(0);
        double other =
                suspects.stream()
                        .filter(one -> !one.bug())
                        .mapToDouble(Suspect::probability)
                        .max()
                        .orElse(0);
        conclusion
                .expect(
                        "filter-tells-bugs",
                        Condition.above("probability of the bug", bug, "sure", SURE, 0),
                        Condition.below("of others", other, "unsure", UNSURE, 0))
                .say(
                        "The filter tells the bug from %,d report{s} of chance: probability %.4f,"
                                + " and at most %.4f elsewhere.",
                        "The filter does not tell the bug from %,d report{s} of chance: probability"
                                + " %.4f, and up to %.4f elsewhere.",
                        suspects.stream().mapToInt(Suspect::chanceReports).sum(),
                        bug,
                        other);
    }

    private static void timings(Conclusion conclusion, WatchpointsResult result) {
        if (result.timings() == null || result.timings().isEmpty()) {
            return;
        }
        Timing most = result.timings().getLast();
        if (most.untrapped() == 0) {
            conclusion.say(
                    "The bug that depends on time does not happen in %,d round{s} without traps,"
                            + " so that there is nothing for them to hide.",
                    most.rounds());
            return;
        }
        conclusion
                .expect(
                        "time-hides-a-bug",
                        Condition.below(
                                "rounds with the bug, dummy traps",
                                most.dummy(),
                                "no traps",
                                most.untrapped(),
                                NEAR * most.untrapped()))
                .say(
                        "Traps hide the bug that depends on time: with dummy traps it happens in"
                                + " %,d of %,d round{s}, with real ones in %,d, and without any in"
                                + " %,d.",
                        "Traps do not hide the bug that depends on time: with dummy traps it"
                            + " happens in %,d of %,d round{s}, with real ones in %,d, and without"
                            + " any in %,d.",
                        most.dummy(),
                        most.rounds(),
                        most.trapped(),
                        most.untrapped());
    }

    private static void beside(Conclusion conclusion, WatchpointsResult result) {
        int armed = result.detections().getLast().armed();
        conclusion.say(
                "%,d of %,d page{s} see one bad access of %,.0f; GWP-ASan guards one allocation of"
                        + " %,d.",
                armed,
                result.pages(),
                (double) result.pages() / armed,
                WatchpointsDocument.GWP_ASAN_RATE);
    }
}
