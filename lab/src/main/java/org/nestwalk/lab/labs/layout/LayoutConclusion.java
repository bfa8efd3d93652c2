package org.nestwalk.lab.labs.layout;

import java.util.List;
import java.util.Optional;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.hypervisor.layout.Granule;
import org.nestwalk.lab.labs.layout.LayoutResult.CacheAttack;
import org.nestwalk.lab.labs.layout.LayoutResult.Cost;
import org.nestwalk.lab.labs.layout.LayoutResult.Placement;
import org.nestwalk.lab.labs.layout.LayoutResult.Race;
import org.nestwalk.lab.labs.layout.LayoutResult.WalkAttack;

/// What a run shows, and what it does not.
final class LayoutConclusion {
    private static final double NOTHING = 0.01;
    private static final double NEAR = 0.25;
    private static final double NEARLY_ALL = 0.9;

    private LayoutConclusion() {}

    static Conclusion of(LayoutResult result) {
        Conclusion conclusion = new Conclusion();
        hidden(conclusion, result);
        attacks(conclusion, result.attacks());
        races(conclusion, result);
        walks(conclusion, result.walkAttacks());
        costs(conclusion, result.costs());
        if (result.machine() == null || !result.keptContents()) {
            conclusion.say(
                    result.keptContents()
                            ? "Programs load what they stored while all of their memory moves."
                            : "A program loads something wrong after its memory has moved.");
        }
        return conclusion;
    }

    private static void hidden(Conclusion conclusion, LayoutResult result) {
        List<Placement> all = result.placements();
        if (all.size() < 2) {
            return;
        }
        Placement plain = all.getFirst();
        Placement random =
                all.stream()
                        .filter(one -> one.layout().equals(Granule.SMALL.label()))
                        .findFirst()
                        .orElse(all.getLast());
        conclusion
                .expect(
                        "sets-are-hidden",
                        Condition.below(
                                "information of the set",
                                random.setInformation(),
                                "nearly nothing, in bits",
                                NOTHING,
                                0),
                        Condition.below(
                                "autocorrelation",
                                Math.abs(random.autocorrelation()),
                                "nearly nothing",
                                NOTHING,
                                0))
                .say(
                        "Scattered (%s), guest-physical addresses say %.4f of %d bit{s} of the"
                            + " cache set, and %.4f without; neighbours are correlated by %.4f.",
                        "Scattered (%s), guest-physical addresses still say %.4f of %d bit{s} of"
                                + " the cache set, and %.4f without; neighbours are correlated by"
                                + " %.4f.",
                        random.layout(),
                        random.setInformation(),
                        random.setBits(),
                        plain.setInformation(),
                        random.autocorrelation());
    }

    private static void attacks(Conclusion conclusion, List<CacheAttack> attacks) {
        if (attacks.size() < 2) {
            return;
        }
        CacheAttack last = attacks.getLast();
        if (last.found() == 0) {
            conclusion.say(
                    "None of %,d attempt{s} to build an eviction set with granules of %s ends"
                            + " well.",
                    last.attempts(), last.layout());
            return;
        }
        conclusion
                .expect(
                        "attacks-are-slowed-as-predicted",
                        Condition.alike(
                                "slowdown over predicted",
                                last.slowdown() / last.predicted(),
                                "1",
                                1,
                                NEAR))
                .say(
                        "An eviction set takes %,.0f times the accesses with granules of %s, as"
                                + " predicted (%,.0f); %,d of %,d attempt{s} find one.",
                        "An eviction set takes %,.0f times the accesses with granules of %s, where"
                                + " %,.0f times were predicted; %,d of %,d attempt{s} find one.",
                        last.slowdown(),
                        last.layout(),
                        last.predicted(),
                        last.found(),
                        last.attempts());
    }

    private static void races(Conclusion conclusion, LayoutResult result) {
        List<Race> races = result.races();
        boolean endsWell =
                result.attacks().stream()
                        .anyMatch(one ->
                                one.found() > 0
                                        && races.stream()
                                                .anyMatch(race ->
                                                        race.layout().equals(one.layout())));
        if (!endsWell) {
            return;
        }
        Optional<Race> beaten =
                races.stream()
                        .filter(one -> one.found() == 0)
                        .reduce((a, b) -> a.period() > b.period() ? a : b);
        if (beaten.isPresent()) {
            Race one = beaten.get();
            conclusion.say(
                    "Memory that moves every %,d access{es} (%.2f of what an attempt takes) lets"
                            + " none of %,d attempt{s} end well, and takes %s of all cycles.",
                    one.period(), one.relative(), one.attempts(), Figures.percent(one.overhead()));
        } else {
            conclusion.say("No period here lets no attempt end well; move more often.");
        }
    }

    private static void walks(Conclusion conclusion, List<WalkAttack> attacks) {
        if (attacks.isEmpty()) {
            return;
        }
        double least =
                attacks.stream()
                        .mapToDouble(one -> (double) one.found() / one.bits() / one.addresses())
                        .min()
                        .orElse(0);
        WalkAttack last = attacks.getLast();
        conclusion
                .expect(
                        "page-tables-still-tell",
                        Condition.above("least part of bits found", least, "most", NEARLY_ALL, 0))
                .say(
                        "No layout stops the attack on page tables: %s of the bits of linear"
                            + " addresses are found at least, and %,d of %,d with %s. Lines within"
                            + " a page stay where they are.",
                        "The attack on page tables finds %s of the bits of linear addresses at"
                                + " least, and %,d of %,d with %s.",
                        Figures.percent(least),
                        last.found(),
                        last.addresses() * last.bits(),
                        last.layout());
    }

    private static void costs(Conclusion conclusion, List<Cost> costs) {
        Optional<Cost> plain = find(costs, LayoutExperiment.PLAIN);
        Optional<Cost> small = find(costs, Granule.SMALL.label());
        Optional<Cost> large = find(costs, Granule.LARGE.label());
        if (plain.isPresent() && small.isPresent()) {
            conclusion
                    .expect(
                            "small-granules-cost-walks",
                            Condition.above(
                                    "cycles with 4K",
                                    small.get().cycles(),
                                    "not scattered",
                                    plain.get().cycles(),
                                    NOTHING * plain.get().cycles()))
                    .say(
                            "For a guest of 2M pages, granules of 4K cost %.2f times the cycles%s.",
                            "Granules of 4K cost a guest of 2M pages nothing: %.2f times the"
                                    + " cycles%s.",
                            small.get().cycles() / plain.get().cycles(),
                            large.map(one ->
                                            Figures.format(
                                                    ", and granules of 2M %.2f times",
                                                    one.cycles() / plain.get().cycles()))
                                    .orElse(""));
        }
    }

    private static Optional<Cost> find(List<Cost> costs, String layout) {
        return costs.stream()
                .filter(one -> one.layout().equals(layout) && one.guestPages().equals("2M"))
                .findFirst();
    }
}
