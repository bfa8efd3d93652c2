package org.nestwalk.lab.labs.numa;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.numa.NumaResult.Placed;
import org.nestwalk.lab.labs.numa.NumaResult.Row;

/// How the figures of a run stand to published ones.
final class NumaPublished {
    // The part by which ours may be off.
    private static final double MET = 0.10;

    // What is published as less than this is no effect.
    private static final double EFFECT = 0.05;

    private final NumaResult result;
    private final Conclusion conclusion;

    private NumaPublished(Conclusion conclusion, NumaResult result) {
        this.conclusion = conclusion;
        this.result = result;
    }

    static void addTo(Conclusion conclusion, NumaResult result) {
        NumaPublished made = new NumaPublished(conclusion, result);
        List<Compared> ratios = made.ratios();
        if (ratios.isEmpty()) {
            conclusion.say("Nothing here can be compared with published figures.");
            return;
        }
        made.met(ratios);
        made.effects(ratios);
        made.shares();
    }

    /// A ratio of cycles and the one of the source.
    private record Compared(String what, double ours, double published) {
        double deviation() {
            return ours / published - 1;
        }

        Condition met() {
            return Condition.alike(what, ours, "published", published, MET * published);
        }

        Condition halfOfTheEffect() {
            return Condition.above(
                    what, ours, "published less half of its effect", (1 + published) / 2, 0);
        }
    }

    private List<Compared> ratios() {
        List<Compared> all = new ArrayList<>();
        for (Row row : result.programs()) {
            add(all, row, "");
        }
        @Nullable Row large = result.largePages();
        if (large != null) {
            add(all, large, " with 2M pages");
        }
        return all;
    }

    private static void add(List<Compared> all, Row row, String pages) {
        for (Placed placed : row.placements()) {
            Double published = placed.published();
            if (published != null) {
                String what = row.name() + " " + placed.placement() + pages;
                all.add(new Compared(what, placed.ratio(), published));
            }
        }
    }

    private void met(List<Compared> all) {
        Compared furthest =
                all.stream()
                        .max(Comparator.comparingDouble(one -> Math.abs(one.deviation())))
                        .orElseThrow();
        conclusion
                .expect(
                        "published-ratios-are-met",
                        all.stream().map(Compared::met).toArray(Condition[]::new))
                .say(
                        "All %2$,d published ratios are met within %3$.0f %%; furthest off is"
                                + " %4$s, %5$+.0f %%.",
                        "%,d of %,d published ratios are met within %.0f %%; furthest off is %s,"
                                + " %+.0f %%.",
                        all.stream().filter(one -> one.met().held()).count(),
                        all.size(),
                        100 * MET,
                        furthest.what,
                        100 * furthest.deviation());
    }

    private void effects(List<Compared> all) {
        List<Compared> effects = all.stream().filter(one -> one.published - 1 >= EFFECT).toList();
        if (effects.isEmpty()) {
            return;
        }
        List<String> missing =
                effects.stream()
                        .filter(one -> !one.halfOfTheEffect().held())
                        .map(one ->
                                Figures.format(
                                        "%s %.2f, here %.2f", one.what, one.published, one.ours))
                        .toList();
        conclusion
                .expect(
                        "published-effects-show",
                        effects.stream().map(Compared::halfOfTheEffect).toArray(Condition[]::new))
                .say(
                        "Half or more of every published effect showed.",
                        "Not half of a published effect showed for: %s.",
                        String.join("; ", missing));
    }

    /// Translation's part of cycles, both tables local.
    private void shares() {
        List<Condition> conditions = new ArrayList<>();
        List<String> off = new ArrayList<>();
        for (Row row : result.programs()) {
            Double published = row.publishedWalkShare();
            if (published != null) {
                Condition condition =
                        Condition.alike(
                                "translation's part of the cycles of " + row.name(),
                                row.walkShare(),
                                "published, natively",
                                published,
                                MET);
                conditions.add(condition);
                if (!condition.held()) {
                    off.add(
                            Figures.format(
                                    "%s %s, published %s",
                                    row.name(),
                                    Figures.percent(row.walkShare()),
                                    Figures.percent(published)));
                }
            }
        }
        if (!conditions.isEmpty()) {
            conclusion
                    .expect("translation-takes-its-share", conditions.toArray(Condition[]::new))
                    .say(
                            "Translation's part of cycles is the published one within %2$.0f"
                                    + " points.",
                            "Translation's part of cycles is not the published one: %1$s.",
                            String.join("; ", off),
                            100 * MET);
        }
    }
}
