package org.nestwalk.lab.labs.numa;

import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.labs.numa.NumaResult.Row;

/// What a run shows, and what it does not.
final class NumaConclusion {
    // Ratios that are nearer to each other than this are called the same.
    private static final double SAME = 0.02;
    private static final double ALIKE = 0.25;
    private static final double LOCAL_AGAIN = 0.03;
    private static final double LITTLE = 0.05;
    private static final double FEW_REFERENCES = 0.1;
    private static final double SMALL_SHARE = 0.1;

    // Remote tables that cost less than the least that is published of any have no effect that the
    // source would call one.
    private static final double LEAST_PUBLISHED = PublishedRatios.least() - 1;

    private final NumaResult result;
    private final NumaOptions options;
    private final Conclusion conclusion = new Conclusion();

    private NumaConclusion(NumaResult result) {
        this.result = result;
        this.options = result.options();
    }

    static Conclusion of(NumaResult result) {
        NumaConclusion made = new NumaConclusion(result);
        result.programs().forEach(made::placement);
        if (!result.programs().isEmpty()) {
            made.dataAlone();
            made.remedies();
        }
        made.copies();
        if (result.largePages() != null) {
            made.largePages(result.largePages());
        }
        NumaPublished.addTo(made.conclusion, result);
        return made.conclusion;
    }

    private static double cost(Row row, Placement placement) {
        return row.at(placement).ratio() - 1;
    }

    private static double worst(Row row) {
        return Math.max(cost(row, Placement.RR), cost(row, Placement.RRI));
    }

    private void placement(Row row) {
        double both = cost(row, Placement.RR);
        double busy = cost(row, Placement.RRI);
        conclusion
                .expect(
                        "remote-tables-cost-" + row.name(),
                        Condition.above(
                                "times the cycles with both tables of " + row.name() + " remote",
                                1 + both,
                                "with both local",
                                1,
                                SAME))
                .say(
                        "%s takes %.2f times as long with both tables remote.",
                        worst(row) >= SAME
                                ? "That tables of %1$s are remote costs nothing (%2$.2f)."
                                : "Where the tables of %1$s are makes no difference (%2$.2f times"
                                        + " the cycles with both remote, %3$.2f if the remote node"
                                        + " is busy)%4$s.",
                        row.name(),
                        1 + both,
                        1 + busy,
                        why(row));
        if (worst(row) < SAME) {
            return;
        }
        if (both >= SAME) {
            dimensions(row);
        }
        conclusion
                .expect(
                        "a-busy-node-slows-" + row.name(),
                        Condition.above(
                                "times the cycles if the remote node is busy",
                                1 + busy,
                                "if it is idle",
                                1 + both,
                                SAME))
                .say(
                        "If the remote node is busy it is %.2f times.",
                        "That the remote node is busy adds nothing (%.2f).", 1 + busy);
    }

    private void dimensions(Row row) {
        double second = cost(row, Placement.LR);
        double guest = cost(row, Placement.RL);
        double both = cost(row, Placement.RR);
        conclusion
                .expect(
                        "dimensions-matter-alike-to-" + row.name(),
                        Condition.alike(
                                "cost of remote guest tables",
                                guest,
                                "cost of remote second-level tables",
                                second,
                                Math.max(SAME, ALIKE * Math.max(guest, second))))
                .say(
                        "With its second-level tables alone it is %.2f times, with its guest"
                                + " tables alone %.2f times: both dimensions matter alike.",
                        guest > second
                                ? "With its second-level tables alone it is %.2f times, with its"
                                        + " guest tables alone %.2f times: the guest's tables"
                                        + " matter more."
                                : "With its second-level tables alone it is %.2f times, with its"
                                        + " guest tables alone %.2f times: the second level"
                                        + " matters more.",
                        1 + second,
                        1 + guest);
        double sum = second + guest;
        conclusion
                .expect(
                        "dimensions-add-up-for-" + row.name(),
                        Condition.alike(
                                "cost of both remote",
                                both,
                                "sum of the costs of one",
                                sum,
                                Math.max(SAME, ALIKE * sum)))
                .say(
                        "The two add up.",
                        both > sum
                                ? "Both cost more than their sum."
                                : "Both cost less than their sum.");
    }

    /// Why placement makes no difference, as far as figures tell.
    private String why(Row row) {
        double remote = row.at(Placement.RR).remotePerWalk();
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

    private void dataAlone() {
        double most = result.programs().stream().mapToDouble(NumaConclusion::worst).max().orElse(0);
        conclusion
                .expect(
                        "data-alone-is-not-enough",
                        Condition.atLeast(
                                "largest cost of remote tables with local data",
                                most,
                                LEAST_PUBLISHED))
                .say(
                        "Data alone placed well is not enough: remote tables cost up to %s.",
                        "Data alone placed well is enough here: remote tables cost up to %s, less"
                                + " than the least that is published, %s.",
                        Figures.percent(Math.max(0, most)),
                        Figures.percent(LEAST_PUBLISHED));
    }

    private void remedies() {
        if (result.programs().stream().allMatch(row -> worst(row) < SAME)) {
            conclusion.say("Moving or copying tables has nothing to win here.");
            return;
        }
        double migrated = most(Placement.MIGRATED);
        double replicated = most(Placement.REPLICATED);
        conclusion
                .expect(
                        "moved-or-copied-tables-are-local-ones",
                        Condition.below(
                                "most times the cycles with tables moved or copied",
                                Math.max(migrated, replicated),
                                "with local ones, and a little",
                                1 + LOCAL_AGAIN,
                                0))
                .say(
                        "Tables that follow their CPU, or are copied to its node, cost no more than"
                                + " local ones (at most %.2f and %.2f).",
                        "Tables that follow their CPU, or are copied to its node, cost more than"
                                + " local ones (at most %.2f and %.2f).",
                        migrated,
                        replicated);
    }

    private double most(Placement placement) {
        return result.programs().stream()
                .mapToDouble(row -> row.at(placement).ratio())
                .max()
                .orElse(1);
    }

    private void copies() {
        double times = ReplicationCosts.protect(result.costs()).ratio();
        conclusion
                .expect(
                        "copies-are-paid-for-when-tables-change",
                        Condition.above(
                                "times as long that protecting a page takes with copies",
                                times,
                                "without",
                                1,
                                SAME))
                .say(
                        "Copies are paid for when tables change: protecting a page takes %.1f times"
                                + " as long.",
                        "Copies cost nothing when tables change, with %2$,d cycle{s} for an entry.",
                        times,
                        options.topology().entryCycles());
    }

    private void largePages(Row row) {
        double worst = row.at(Placement.RRI).ratio();
        boolean fits = row.tableBytes() <= result.lastLevelBytes();
        conclusion
                .expect(
                        "large-pages-make-it-matter-little",
                        Condition.below(
                                "times the cycles with 2M pages and both tables remote and busy",
                                worst,
                                "with both local, and a little",
                                1 + LITTLE,
                                0))
                .say(
                        "With 2M pages, whose %s, it hardly matters where tables of %s are (%.2f).",
                        "With 2M pages, whose %s, it still matters: %s takes %.2f times as long"
                                + " with both tables remote and their node busy.",
                        Figures.format(
                                "leaf entries, %s, %s in the last-level cache",
                                Figures.bytes(row.tableBytes()), fits ? "fit" : "do not fit"),
                        row.name(),
                        worst);
    }
}
