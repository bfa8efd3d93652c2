package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.numa.NumaOptions;
import org.nestwalk.lab.numa.NumaStory.Cell;
import org.nestwalk.lab.numa.NumaStory.Result;
import org.nestwalk.lab.numa.NumaStory.Row;
import org.nestwalk.lab.numa.Placement;
import org.nestwalk.lab.numa.ReplicationCosts;

/// What a run of [org.nestwalk.lab.numa.NumaStory] shows, and what it does not.
final class NumaConclusion {
    // Ratios that are nearer to each other than this are called the same.
    private static final double SAME = 0.02;
    private static final double ALIKE = 0.25;
    private static final double LOCAL_AGAIN = 0.03;
    private static final double MET = 0.10;
    private static final double PUBLISHED_EFFECT = 0.05;
    private static final double FEW_REFERENCES = 0.1;
    private static final double SMALL_SHARE = 0.1;

    private final Result result;
    private final NumaOptions options;
    private final Conclusion conclusion = new Conclusion();

    private NumaConclusion(Result result) {
        this.result = result;
        this.options = result.options();
    }

    static Conclusion of(Result result) {
        return new NumaConclusion(result).told();
    }

    private Conclusion told() {
        result.programs().forEach(this::placement);
        boolean matters = result.programs().stream().anyMatch(NumaConclusion::matters);
        if (matters) {
            remedies();
        } else {
            conclusion.say(
                    "Moving or copying tables has nothing to win here, and copies are paid for"
                            + " when tables change (protecting a page takes %.1f times as long).",
                    protect().ratio());
        }
        largePages();
        published();
        return conclusion;
    }

    private static double cost(Row row, Placement placement) {
        return row.cell(placement).ratio() - 1;
    }

    private static boolean matters(Row row) {
        return Math.max(cost(row, Placement.RR), cost(row, Placement.RRI)) >= SAME;
    }

    private void placement(Row row) {
        double second = cost(row, Placement.LR);
        double guest = cost(row, Placement.RL);
        double both = cost(row, Placement.RR);
        double busy = cost(row, Placement.RRI);
        if (!matters(row)) {
            conclusion.say(
                    "Where the tables of %s are makes no difference (%.2f times the cycles with"
                            + " both remote, %.2f if the remote node is busy)%s.",
                    row.name(), 1 + both, 1 + busy, why(row));
            return;
        }
        if (both < SAME) {
            conclusion.say(
                    "That tables of %s are remote costs nothing (%.2f), but if their node is busy"
                            + " it takes %.2f times as long.",
                    row.name(), 1 + both, 1 + busy);
            return;
        }
        conclusion.say(
                "%s takes %.2f times as long with its second-level tables remote, and %.2f times"
                        + " with its guest tables: %s, and with both (%.2f) %s.",
                row.name(), 1 + second, 1 + guest, dimensions(guest, second), 1 + both, sum(row));
        if (busy - both < SAME) {
            conclusion.say("That the remote node is busy adds nothing (%.2f).", 1 + busy);
        } else {
            conclusion.say("If the remote node is busy it is %.2f times.", 1 + busy);
        }
    }

    private static String dimensions(double guest, double second) {
        if (Math.abs(guest - second) <= Math.max(SAME, ALIKE * Math.max(guest, second))) {
            return "both dimensions matter alike";
        }
        return guest > second ? "the guest's tables matter more" : "the second level matters more";
    }

    private static String sum(Row row) {
        double sum = cost(row, Placement.LR) + cost(row, Placement.RL);
        double more = cost(row, Placement.RR) - sum;
        if (Math.abs(more) <= Math.max(SAME, ALIKE * sum)) {
            return "they add up";
        }
        return more > 0 ? "they cost more than their sum" : "they cost less than their sum";
    }

    /// Why placement makes no difference, as far as figures tell.
    private String why(Row row) {
        double remote = row.cell(Placement.RR).remotePerWalk();
        if (options.loaded() - 1 < SAME) {
            return ": remote memory is as fast as local";
        }
        if (remote < FEW_REFERENCES) {
            return Figures.format(
                    ": caches serve its walks, which refer to remote memory %.2f times each",
                    remote);
        }
        return row.walkShare() < SMALL_SHARE
                ? Figures.format(
                        ": translation is only %s of its cycles", Figures.percent(row.walkShare()))
                : "";
    }

    private ReplicationCosts.Row protect() {
        return result.costs().get(1);
    }

    private void remedies() {
        double migrated = most(Placement.MIGRATED);
        double replicated = most(Placement.REPLICATED);
        boolean both = Math.max(migrated, replicated) <= 1 + LOCAL_AGAIN;
        conclusion.say(
                "Data alone placed well is not enough. Tables that follow their CPU, or are copied"
                        + " to its node, cost %s (at most %.2f and %.2f).",
                both ? "no more than local ones" : "more than local ones", migrated, replicated);
        if (protect().ratio() > 1 + SAME) {
            conclusion.say(
                    "Copies are paid for when tables change (protecting a page takes %.1f times as"
                            + " long): copy what many nodes walk, and move what one does.",
                    protect().ratio());
        } else {
            conclusion.say(
                    "Copies cost nothing when tables change, with %,d cycles for an entry.",
                    options.topology().entryCycles());
        }
    }

    private double most(Placement placement) {
        return result.programs().stream()
                .mapToDouble(row -> row.cell(placement).ratio())
                .max()
                .orElse(1);
    }

    private void largePages() {
        Row row = result.largePages();
        Cell worst = row.cell(Placement.RRI);
        boolean fits = row.tableBytes() <= result.lastLevelBytes();
        String tables =
                Figures.format(
                        "leaf entries, %s, %s in the last-level cache",
                        Figures.bytes(row.tableBytes()), fits ? "fit" : "do not fit");
        if (worst.ratio() - 1 <= PUBLISHED_EFFECT) {
            conclusion.say(
                    "With 2M pages, whose %s, it hardly matters where tables of %s are (%.2f).",
                    tables, row.name(), worst.ratio());
        } else {
            conclusion.say(
                    "With 2M pages, whose %s, it still matters: %s takes %.2f times as long with"
                            + " both tables remote and their node busy.",
                    tables, row.name(), worst.ratio());
        }
    }

    private record Compared(String what, Cell cell, double published, double deviation) {}

    private void published() {
        List<Compared> all = compared();
        if (all.isEmpty()) {
            conclusion.say("Nothing here can be compared with published figures.");
            return;
        }
        Compared furthest = all.getFirst();
        List<String> missing = new ArrayList<>();
        for (Compared one : all) {
            if (Math.abs(one.deviation) > Math.abs(furthest.deviation)) {
                furthest = one;
            }
            if (one.published - 1 >= PUBLISHED_EFFECT
                    && one.cell.ratio() - 1 < (one.published - 1) / 2) {
                missing.add(
                        Figures.format(
                                "%s %.2f, here %.2f", one.what, one.published, one.cell.ratio()));
            }
        }
        conclusion.say(
                "%,d of %,d published figures are met within %.0f %%; furthest off is %s,"
                        + " %+.0f %%.",
                all.stream().filter(one -> Math.abs(one.deviation) <= MET).count(),
                all.size(),
                100 * MET,
                furthest.what,
                100 * furthest.deviation);
        if (!missing.isEmpty()) {
            conclusion.say(
                    "Not half of a published effect showed for: %s.", String.join("; ", missing));
        }
    }

    private List<Compared> compared() {
        List<Compared> all = new ArrayList<>();
        Stream.concat(result.programs().stream(), Stream.of(result.largePages()))
                .forEach(row -> {
                    String pages =
                            row.pages().equals("4K") ? "" : " with " + row.pages() + " pages";
                    for (Cell cell : row.cells()) {
                        Double published = cell.published();
                        Double deviation = cell.deviation();
                        if (published != null && deviation != null) {
                            String what = row.name() + " " + cell.placement() + pages;
                            all.add(new Compared(what, cell, published, deviation));
                        }
                    }
                });
        return all;
    }
}
