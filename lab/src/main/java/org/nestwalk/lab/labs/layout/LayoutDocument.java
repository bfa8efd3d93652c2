package org.nestwalk.lab.labs.layout;

import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.layout.LayoutResult.CacheAttack;
import org.nestwalk.lab.labs.layout.LayoutResult.Cost;
import org.nestwalk.lab.labs.layout.LayoutResult.Placement;
import org.nestwalk.lab.labs.layout.LayoutResult.Race;
import org.nestwalk.lab.labs.layout.LayoutResult.WalkAttack;

/// What there is to say of [LayoutResult].
final class LayoutDocument {
    private static final String VILA =
            "Vila, Koepf and Morales, \"Theory and practice of finding eviction sets\", S&P 2019:"
                    + " group testing takes accesses in proportion to the candidates";
    private static final String ANC =
            "Gras et al., \"ASLR on the line\" (AnC), NDSS 2017: about 25 s in JavaScript for one"
                    + " address; lines within a page are known whatever its frame is";
    private static final String LAYOUT = "layout";
    private static final double GIGA = 1e9;

    private LayoutDocument() {}

    static Document of(LayoutResult result) {
        String on = result.machine() == null ? "this host's KVM" : result.machine();
        Document document =
                new Document()
                        .paragraph(
                                result.machine() == null
                                        ? Figures.format(
                                                "Guest memory of %,d page{s} scattered over the"
                                                        + " host's, on %s",
                                                result.pages(), on)
                                        : Figures.format(
                                                "Guest memory of %,d page{s} scattered over the"
                                                        + " host's, on %s; a shared cache of %,d"
                                                        + " colours and %,d way{s}",
                                                result.pages(),
                                                on,
                                                result.colours(),
                                                result.ways()));
        if (result.missing() != null) {
            document.lines(result.missing());
        }
        if (!result.placements().isEmpty()) {
            document.heading("What is hidden").table(placements(result));
        }
        if (!result.attacks().isEmpty()) {
            document.heading("Eviction sets")
                    .table(attacks(result))
                    .heading("Eviction sets while memory moves")
                    .table(races(result))
                    .heading("Addresses by page tables")
                    .table(walkAttacks(result))
                    .heading("Cost")
                    .table(costs(result))
                    .sources(VILA, ANC);
        }
        return document.conclusion(LayoutConclusion.of(result));
    }

    private static Table placements(LayoutResult result) {
        Table table =
                new Table(
                        Column.label(LAYOUT),
                        Column.number("entropy")
                                .in("bits")
                                .meaning("of where a granule is")
                                .moreIsBetter(),
                        Column.number("guesses").meaning("until it is found").moreIsBetter(),
                        Column.number("hidden")
                                .in("bits")
                                .meaning("of the cache set that the guest cannot know")
                                .moreIsBetter(),
                        Column.number("of the set")
                                .in("bits")
                                .of("information")
                                .meaning("that guest-physical addresses have")
                                .lessIsBetter(),
                        Column.number("of").in("bits").of("information"),
                        Column.number("of the slice").in("bits").of("information").lessIsBetter(),
                        Column.number("chi-square")
                                .meaning("probability that independent colours differ as much"),
                        Column.number("autocorrelation").meaning("of neighbouring pages"));
        for (Placement one : result.placements()) {
            boolean known = one.blocks() > 0;
            table.row(
                    Cell.text(one.layout()),
                    known ? Cell.number("%.1f", one.entropy()) : Cell.none(),
                    known ? Cell.number("%,.1f", one.guesses()) : Cell.none(),
                    known ? Cell.number("%.1f", one.hiddenBits()) : Cell.none(),
                    Cell.number("%.4f", one.setInformation()),
                    Cell.number("%,d", one.setBits()),
                    Cell.number("%.4f", one.sliceInformation()),
                    Cell.number("%.3f", one.chiSquare()),
                    Cell.number("%.4f", one.autocorrelation()));
        }
        return table;
    }

    private static Table attacks(LayoutResult result) {
        Table table =
                new Table(
                        Column.label(LAYOUT),
                        Column.number("colours").meaning("among which the guest has to look"),
                        Column.number("attempts"),
                        Column.number("found").meaning("sets that are right").lessIsBetter(),
                        Column.number("candidates").moreIsBetter(),
                        Column.number("accesses").moreIsBetter(),
                        Column.number("time").meaning("of an attempt, on average").moreIsBetter(),
                        Column.number("measured").of("slowdown").moreIsBetter(),
                        Column.number("predicted")
                                .of("slowdown")
                                .meaning("by how many candidates there are"));
        for (CacheAttack one : result.attacks()) {
            table.row(
                    Cell.text(one.layout()),
                    Cell.number("%,d", one.hidden()),
                    Cell.number("%,d", one.attempts()),
                    Cell.number("%,d", one.found()),
                    Cell.number("%,.0f", one.candidates()),
                    Cell.number("%,.0f", one.accesses()),
                    Cell.time((long) (one.cycles() / result.frequencyGHz())),
                    Cell.number("%,.1fx", one.slowdown()),
                    Cell.number("%,.1fx", one.predicted()));
        }
        return table;
    }

    private static Table races(LayoutResult result) {
        Table table =
                new Table(
                        Column.label(LAYOUT),
                        Column.number("accesses").of("period").meaning("between two moves"),
                        Column.number("attempts")
                                .of("period")
                                .meaning("over the accesses of an attempt while nothing moves"),
                        Column.number("attempts"),
                        Column.number("found").lessIsBetter(),
                        Column.number("a move").in("ms").lessIsBetter(),
                        Column.number("overhead")
                                .meaning("part of all cycles that moving takes")
                                .lessIsBetter());
        for (Race one : result.races()) {
            table.row(
                    Cell.text(one.layout()),
                    Cell.number("%,d", one.period()),
                    Cell.number("%.2f", one.relative()),
                    Cell.number("%,d", one.attempts()),
                    Cell.number("%,d", one.found()),
                    Cell.number("%.2f", one.moveCycles() / result.frequencyGHz() / GIGA * 1000),
                    Cell.percent(one.overhead()));
        }
        return table;
    }

    private static Table walkAttacks(LayoutResult result) {
        Table table =
                new Table(
                        Column.label(LAYOUT),
                        Column.number("addresses"),
                        Column.number("found").in("bits").lessIsBetter(),
                        Column.number("of").in("bits"),
                        Column.number("accesses").meaning("for an address").moreIsBetter());
        for (WalkAttack one : result.walkAttacks()) {
            table.row(
                    Cell.text(one.layout()),
                    Cell.number("%,d", one.addresses()),
                    Cell.number("%,d", one.found()),
                    Cell.number("%,d", one.addresses() * one.bits()),
                    Cell.number("%,.0f", one.accesses()));
        }
        return table;
    }

    private static Table costs(LayoutResult result) {
        Table table =
                new Table(
                        Column.label(LAYOUT),
                        Column.text("guest's pages"),
                        Column.number("refs/walk").lessIsBetter(),
                        Column.number("at most").meaning("references of a walk without caches"),
                        Column.number("translation").in("cycles/access").lessIsBetter(),
                        Column.number("all").in("cycles/access").lessIsBetter(),
                        Column.number("times").meaning("of memory that is not scattered"));
        for (Cost one : result.costs()) {
            double base =
                    result.costs().stream()
                            .filter(other -> other.guestPages().equals(one.guestPages()))
                            .mapToDouble(Cost::cycles)
                            .findFirst()
                            .orElse(one.cycles());
            table.row(
                    Cell.text(one.layout()),
                    Cell.text(one.guestPages()),
                    Cell.number("%.2f", one.walkReferences()),
                    Cell.number("%,d", one.most()),
                    Cell.number("%.1f", one.translationCycles()),
                    Cell.number("%.1f", one.cycles()),
                    Cell.number("%.2fx", one.cycles() / base));
        }
        return table;
    }
}
