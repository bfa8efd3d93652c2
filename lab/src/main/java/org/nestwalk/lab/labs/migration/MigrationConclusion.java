package org.nestwalk.lab.labs.migration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.migration.MigrationResult.Guest;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;

/// What a run shows, and what it does not.
final class MigrationConclusion {
    private static final String POST_COPY = "post-copy";
    private static final String FORESIGHT = "foresight";
    private static final String LIMIT = "downtime-limit";
    private static final String THROTTLE = "auto-converge";

    // Downtimes that are nearer to each other than this are called the same.
    private static final double ALIKE = 0.99;

    private final Conclusion conclusion = new Conclusion();
    private final List<List<Move>> cases;
    private final List<Wish> wishes;

    private MigrationConclusion(MigrationResult result) {
        Map<String, List<Move>> byCase = new LinkedHashMap<>();
        for (Move move : result.moves()) {
            byCase.computeIfAbsent(move.guest() + " " + move.bandwidth(), _ -> new ArrayList<>())
                    .add(move);
        }
        this.cases = List.copyOf(byCase.values());
        this.wishes = Wish.read(String.join(",", result.wishes()));
    }

    static Conclusion of(MigrationResult result) {
        MigrationConclusion made = new MigrationConclusion(result);
        made.cases.forEach(made::advise);
        made.wishes();
        made.throttling();
        made.postCopy();
        made.foresight();
        made.reads(result);
        return made.conclusion;
    }

    private void advise(List<Move> moves) {
        String where =
                Figures.format(
                        "%s over %s/s",
                        moves.getFirst().guest(),
                        Figures.bytes(Math.round(moves.getFirst().bandwidth())));
        Optional<Move> best = Advice.best(moves, wishes);
        Optional<Move> nearest = Advice.nearest(moves, wishes);
        if (best.isPresent()) {
            Move move = best.get();
            Wish worst = Advice.worst(move, wishes);
            conclusion.say(
                    "For %s take %s: %s in all, %s of downtime, slowed down by %s; of %s %s is"
                            + " left.",
                    where,
                    move.policy(),
                    Figures.time(move.nanoseconds()),
                    Figures.time(move.downtime()),
                    Figures.percent(move.slowdown()),
                    worst.text(),
                    Figures.percent(Math.max(0, 1 - worst.share(move))));
        } else if (nearest.isPresent()) {
            Move move = nearest.get();
            Wish worst = Advice.worst(move, wishes);
            conclusion.say(
                    "For %s no policy keeps all that is wanted; %s comes nearest, with a %s of %s"
                            + " where %s is wanted.",
                    where,
                    move.policy(),
                    worst.metric().label(),
                    worst.metric().shown(worst.metric().of(move)),
                    worst.text());
        } else {
            conclusion.say("For %s no policy moves the guest at all.", where);
        }
    }

    private void wishes() {
        long kept = cases.stream().filter(one -> Advice.best(one, wishes).isPresent()).count();
        conclusion
                .expect(
                        "wishes-can-be-kept",
                        Condition.alike(
                                "guests and links for which a policy keeps all wishes",
                                (double) kept,
                                "guests and links",
                                cases.size(),
                                0))
                .say(
                        "What is wanted (%s) can be had in each case.",
                        "What is wanted (%s) can be had in %,d of %,d case{s}.",
                        String.join(", ", wishes.stream().map(Wish::text).toList()),
                        kept,
                        cases.size());
    }

    /// Whether a move is by a policy, whatever that was told.
    private static boolean is(Move move, String policy) {
        return move.policy().equals(policy) || move.policy().startsWith(policy + ":");
    }

    private static Optional<Move> of(List<Move> moves, String policy) {
        return moves.stream().filter(move -> is(move, policy)).findFirst();
    }

    private void throttling() {
        int stuck = 0;
        int moved = 0;
        double slowest = 0;
        for (List<Move> moves : cases) {
            Optional<Move> limit = of(moves, LIMIT);
            Optional<Move> throttled = of(moves, THROTTLE);
            if (limit.isPresent() && throttled.isPresent() && !limit.get().succeeded()) {
                stuck++;
                if (throttled.get().succeeded()) {
                    moved++;
                    slowest = Math.max(slowest, throttled.get().slowdown());
                }
            }
        }
        if (stuck > 0) {
            conclusion
                    .expect(
                            "throttling-moves-guests-that-stay",
                            Condition.above(
                                    "guests moved by auto-converge that a downtime limit leaves",
                                    moved,
                                    "none",
                                    0,
                                    0))
                    .say(
                            "In %,d case{s} a limit of downtime alone leaves the guest where it is;"
                                + " withholding time moves it in %,d, at a slowdown of up to %s.",
                            "In %,d case{s} a limit of downtime alone leaves the guest where it is;"
                                    + " withholding time moves it in none either.",
                            stuck,
                            moved,
                            Figures.percent(slowest));
        }
    }

    /// A move that went, beside those of the same guest over the same link that went by other
    /// policies, one at least.
    private record Contest(Move own, List<Move> others) {
        /// Whether a pre-copy among the others is better.
        boolean isLost(BiPredicate<Move, Move> better) {
            return others.stream().anyMatch(one -> !one.postCopy() && better.test(one, own));
        }
    }

    private List<Contest> contests(String policy) {
        List<Contest> contests = new ArrayList<>();
        for (List<Move> moves : cases) {
            List<Move> others =
                    moves.stream().filter(move -> move.succeeded() && !is(move, policy)).toList();
            of(moves, policy)
                    .filter(own -> own.succeeded() && !others.isEmpty())
                    .ifPresent(own -> contests.add(new Contest(own, others)));
        }
        return contests;
    }

    private void postCopy() {
        List<Contest> contests = contests(POST_COPY);
        long compared = contests.size();
        long faults = contests.stream().mapToLong(one -> one.own().faults()).sum();
        long shortest =
                contests.stream()
                        .filter(one ->
                                !one.isLost(
                                        (other, own) -> other.downtime() < ALIKE * own.downtime()))
                        .count();
        if (compared > 0) {
            conclusion
                    .expect(
                            "post-copy-has-the-shortest-downtime",
                            Condition.alike(
                                    "cases in which it has",
                                    (double) shortest,
                                    "cases",
                                    (double) compared,
                                    0))
                    .say(
                            "Post-copy has the shortest downtime in each case, and makes %3$,d"
                                    + " access{es} wait for {its page|their pages}.",
                            "Post-copy has the shortest downtime in %1$,d of %2$,d case{s} only.",
                            shortest,
                            compared,
                            faults);
        }
    }

    /// Whether another pre-copy that leaves the guest its time is both quicker and shorter of
    /// downtime.
    private void foresight() {
        List<Contest> contests = contests(FORESIGHT);
        long compared = contests.size();
        long beaten =
                contests.stream()
                        .filter(one ->
                                one.isLost((other, own) ->
                                        other.downtime() < own.downtime()
                                                && other.nanoseconds() < own.nanoseconds()))
                        .count();
        if (compared > 0) {
            conclusion
                    .expect(
                            "foresight-is-not-beaten",
                            Condition.atMost(
                                    "cases in which a policy has less downtime in less time",
                                    (double) beaten,
                                    "none",
                                    0))
                    .say(
                            "No pre-copy has less downtime than foresight in less time.",
                            "In %,d of %,d case{s} a pre-copy has less downtime than foresight in"
                                    + " less time.",
                            beaten,
                            compared);
        }
    }

    private void reads(MigrationResult result) {
        boolean unknown = result.guests().stream().anyMatch(guest -> !guest.readsKnown());
        boolean waits =
                result.moves().stream()
                        .anyMatch(move ->
                                move.policy().startsWith(POST_COPY)
                                        || move.policy().startsWith("hybrid"));
        if (unknown && waits) {
            conclusion.say(
                    "Which pages %s only reads is not known: what waits for pages after post-copy"
                            + " is more than is said here.",
                    result.guests().stream()
                            .filter(guest -> !guest.readsKnown())
                            .map(Guest::name)
                            .findFirst()
                            .orElseThrow());
        }
    }
}
