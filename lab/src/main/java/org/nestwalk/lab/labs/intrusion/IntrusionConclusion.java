package org.nestwalk.lab.labs.intrusion;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Cost;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rate;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Rewrite;
import org.nestwalk.lab.labs.intrusion.IntrusionResult.Row;
import org.nestwalk.machine.DirtySource;

/// What a run shows, and what it does not.
final class IntrusionConclusion {
    private static final double GOOD = 0.95;
    private static final double GUESSING = 0.75;

    private final IntrusionResult result;
    private final Conclusion conclusion = new Conclusion();

    private IntrusionConclusion(IntrusionResult result) {
        this.result = result;
    }

    static Conclusion of(IntrusionResult result) {
        IntrusionConclusion made = new IntrusionConclusion(result);
        made.fresh();
        made.blind();
        made.falseAlarms();
        made.overrun();
        made.costs();
        made.rewrites();
        return made.conclusion;
    }

    private List<String> attacks(boolean fresh) {
        return result.rows().stream()
                .filter(row -> row.fresh() == fresh)
                .map(Row::attack)
                .distinct()
                .toList();
    }

    private Row best(String attack) {
        return result.rows().stream()
                .filter(row -> row.attack().equals(attack))
                .max(Comparator.comparingDouble(Row::area))
                .orElseThrow();
    }

    private void fresh() {
        Optional<Row> worst =
                attacks(true).stream().map(this::best).min(Comparator.comparingDouble(Row::area));
        worst.ifPresent(row ->
                conclusion
                        .expect(
                                "fresh-pages-are-found",
                                Condition.atLeast("the least of the best areas", row.area(), GOOD))
                        .say(
                                "For each attack that writes pages which programs do not there"
                                        + " is a detector with an area of at least %1$.3f, by %4$,d"
                                        + " attack{s} of each kind and %5$,d clean window{s}.",
                                "For %2$s, which writes pages that programs do not, the best"
                                        + " detector has an area of %1$.3f only (%3$s), by %4$,d"
                                        + " attack{s} and %5$,d clean window{s}.",
                                row.area(),
                                row.attack(),
                                row.detector(),
                                row.attacks(),
                                result.clean()));
    }

    private void blind() {
        for (String attack : attacks(false)) {
            Row row = best(attack);
            conclusion
                    .expect(
                            "data-only-is-not-seen",
                            Condition.below(
                                    "the best area for " + attack,
                                    row.area(),
                                    "little above guessing",
                                    GUESSING,
                                    0))
                    .say(
                            "No detector sees the attack \"%2$s\", which writes pages that the"
                                    + " kernel writes all the time: the best area is %1$.3f.",
                            "The attack \"%2$s\" has an area of %1$.3f (%3$s).",
                            row.area(),
                            attack,
                            row.detector());
        }
    }

    private void falseAlarms() {
        result.rates().stream()
                .min(Comparator.comparingDouble(Rate::anHour))
                .ifPresent(least ->
                        result.rates().stream()
                                .max(Comparator.comparingDouble(Rate::anHour))
                                .ifPresent(most ->
                                        conclusion.say(
                                                most.alarms() == 0
                                                        ? "In %1$s of virtual time without an"
                                                                + " attack no detector gave a false"
                                                                + " alarm (at most %4$,.0f an hour,"
                                                                + " 95 %%)."
                                                        : "In %1$s of virtual time without an"
                                                              + " attack \"%2$s\" gave %3$,d false"
                                                              + " alarm{s} (at most %4$,.0f an"
                                                              + " hour, 95 %%), and \"%5$s\""
                                                              + " %6$,d.",
                                                Figures.time(result.unattacked()),
                                                least.detector(),
                                                least.alarms(),
                                                least.mostAnHour(),
                                                most.detector(),
                                                most.alarms())));
    }

    /// Periods that a guest's work does not fit into.
    private void overrun() {
        long asked = (long) result.clean() * result.periods() * result.period();
        if (result.unattacked() > asked * 1.01) {
            conclusion.say(
                    "The guest's work does not fit into %s: a period took %s.",
                    Figures.time(result.period()),
                    Figures.time(result.unattacked() / result.clean() / result.periods()));
        }
    }

    private Optional<Cost> cost(DirtySource source) {
        return result.costs().stream()
                .filter(one -> one.way().equals(source.label()) && one.period() == result.period())
                .findFirst();
    }

    private void costs() {
        cost(DirtySource.LOG)
                .ifPresent(log ->
                        cost(DirtySource.TRAPS)
                                .ifPresent(traps ->
                                        conclusion
                                                .expect(
                                                        "log-costs-less",
                                                        Condition.below(
                                                                "slowdown by the log",
                                                                log.slowdown(),
                                                                "slowdown by write protection",
                                                                traps.slowdown(),
                                                                0))
                                                .say(
                                                        "Every %3$s, looking by the log makes a"
                                                            + " busy guest take %1$.3f times as"
                                                            + " long, and write protection of the"
                                                            + " same pages %2$.3f times.",
                                                        "Every %3$s, looking by the log makes a"
                                                                + " busy guest take %1$.3f times as"
                                                                + " long, no less than write"
                                                                + " protection's %2$.3f times.",
                                                        log.slowdown(),
                                                        traps.slowdown(),
                                                        Figures.time(result.period()))));
    }

    private void rewrites() {
        Optional<Rewrite> kept =
                result.rewrites().stream().filter(one -> one.way().endsWith("kept")).findFirst();
        Optional<Rewrite> cleared =
                result.rewrites().stream()
                        .filter(one ->
                                one.way().equals(DirtySource.LOG.label())
                                        && one.period() == result.period())
                        .findFirst();
        kept.ifPresent(one ->
                cleared.filter(other -> sampled(one, other)).ifPresent(other -> say(one, other)));
    }

    /// Whether both have samples; says so if not.
    private boolean sampled(Rewrite kept, Rewrite cleared) {
        boolean both = kept.samples() > 0 && cleared.samples() > 0;
        if (!both) {
            conclusion.say(
                    "The runs that would show what dirty pages hide, of %,d store{s}, end before"
                            + " the first sample.",
                    kept.stores());
        }
        return both;
    }

    private void say(Rewrite one, Rewrite other) {
        conclusion
                .expect(
                        "dirty-pages-hide-stores",
                        Condition.atMost(
                                "samples with a page that stays dirty",
                                (double) one.seen(),
                                "one",
                                1),
                        Condition.below(
                                "samples with a page that stays dirty",
                                (double) one.seen(),
                                "samples with it if flags are cleared",
                                (double) other.seen(),
                                0))
                .say(
                        "Where dirty flags are kept, a page with %1$,d store{s} is in"
                                + " %2$,d of %3$,d sample{s}; cleared every period,"
                                + " it is in %4$,d of %5$,d, and however often it"
                                + " was written between two of them is not seen.",
                        "Where dirty flags are kept, a page with %1$,d store{s} is in"
                                + " %2$,d of %3$,d sample{s}; cleared every period,"
                                + " in %4$,d of %5$,d.",
                        one.stores(),
                        one.seen(),
                        one.samples(),
                        other.seen(),
                        other.samples());
    }
}
