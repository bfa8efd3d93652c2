package org.nestwalk.lab.labs.watchpoints;

import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.hypervisor.watchpoints.Chances;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Cost;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Detection;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Fleet;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Periodic;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Suspect;
import org.nestwalk.lab.labs.watchpoints.WatchpointsResult.Timing;

/// What there is to say of [WatchpointsResult].
final class WatchpointsDocument {
    /// Allocations of which GWP-ASan guards one, by default (LLVM, "GWP-ASan": SampleRate).
    static final int GWP_ASAN_RATE = 5_000;

    private static final double HALF = 0.5;
    private static final String GWP_ASAN =
            "LLVM, \"GWP-ASan\": 1 of 5,000 allocations in 16 slots, about 40 KiB a process"
                    + " (defaults)";
    private static final String ARMED = "armed";
    private static final String SEEN = "seen";
    private static final String EXPECTED = "expected";

    private WatchpointsDocument() {}

    static Document of(WatchpointsResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Watchpoints that rotate over a heap of %,d page{s}, on %s;"
                                                + " %,d CPU{s}, %s trapped",
                                        result.pages(),
                                        result.machine() == null
                                                ? "this host's KVM"
                                                : result.machine(),
                                        result.cpus(),
                                        result.trap().equals("all") ? "all accesses" : "writes"))
                        .heading("Bugs seen")
                        .table(detections(result))
                        .heading("A bug in step with the rotation")
                        .table(periodic(result));
        if (!result.fleets().isEmpty()) {
            document.heading("Fleets").table(fleets(result));
        }
        document.heading("Cost")
                .table(costs(result))
                .heading("Bug or chance")
                .table(suspects(result));
        if (result.timings() != null && !result.timings().isEmpty()) {
            document.heading("Does time hide the bug?").table(timings(result));
        }
        return document.heading("Beside GWP-ASan")
                .table(beside(result))
                .sources(GWP_ASAN)
                .conclusion(WatchpointsConclusion.of(result));
    }

    private static Table detections(WatchpointsResult result) {
        Table table =
                new Table(
                        Column.label("bug"),
                        Column.number(ARMED).in("pages"),
                        Column.number("runs"),
                        Column.number(SEEN).in("runs").moreIsBetter(),
                        Column.number(EXPECTED)
                                .in("runs")
                                .meaning("by 1 - (1 - k/M)^n of n bad accesses"),
                        Column.text("by chance")
                                .meaning("runs between which chance leaves 99 % of probability"),
                        Column.number("exact")
                                .of("reports")
                                .meaning("instruction, caller, addresses, CPU and value are right")
                                .moreIsBetter(),
                        Column.number("kind")
                                .of("reports")
                                .meaning("that call the bug what it is")
                                .moreIsBetter(),
                        Column.number("false").of("reports").lessIsBetter());
        for (Detection one : result.detections()) {
            table.row(
                    Cell.text(one.bug()),
                    Cell.number("%,d", one.armed()),
                    Cell.number("%,d", one.runs()),
                    Cell.number("%,d", one.seen()),
                    Cell.number("%,.1f", one.runs() * one.expected()),
                    Cell.text(Figures.format("%,d to %,d", one.least(), one.most())),
                    Cell.number("%,d", one.exact()),
                    Cell.number("%,d", one.named()),
                    Cell.number("%,d", one.falseReports()));
        }
        return table;
    }

    private static Table periodic(WatchpointsResult result) {
        Table table =
                new Table(
                        Column.label("choice"),
                        Column.number(ARMED).in("pages"),
                        Column.number("bad accesses").meaning("of a run"),
                        Column.number("runs"),
                        Column.number(SEEN).in("runs").moreIsBetter(),
                        Column.number(EXPECTED).in("runs").meaning("of pages at random"));
        for (Periodic one : result.periodic()) {
            table.row(
                    Cell.text(one.choice()),
                    Cell.number("%,d", one.armed()),
                    Cell.number("%,d", one.badAccesses()),
                    Cell.number("%,d", one.runs()),
                    Cell.number("%,d", one.seen()),
                    Cell.number("%,.1f", one.runs() * one.expected()));
        }
        return table;
    }

    private static Table fleets(WatchpointsResult result) {
        Table table =
                new Table(
                        Column.number(ARMED).in("pages"),
                        Column.number("machines"),
                        Column.number("fleets"),
                        Column.number(SEEN).meaning("fleets, one of whose machines saw it"),
                        Column.number(EXPECTED)
                                .meaning("fleets by 1 - (1 - p)^(mn) of m machines"));
        for (Fleet one : result.fleets()) {
            table.row(
                    Cell.number("%,d", one.armed()),
                    Cell.number("%,d", one.machines()),
                    Cell.number("%,d", one.fleets()),
                    Cell.number("%,d", one.seen()),
                    Cell.number("%,.1f", one.fleets() * one.expected()));
        }
        return table;
    }

    private static Table costs(WatchpointsResult result) {
        String unit = result.unit();
        Table table =
                new Table(
                        Column.label("choice"),
                        Column.number(ARMED).in("pages"),
                        Column.number("made").of("accesses to armed pages").lessIsBetter(),
                        Column.number("predicted")
                                .of("accesses to armed pages")
                                .meaning("as many as k average pages have"),
                        Column.number("taken").in(unit).of("time").lessIsBetter(),
                        Column.number("predicted")
                                .in(unit)
                                .of("time")
                                .meaning("by predicted accesses and the cost of one"),
                        Column.number("slowdown").lessIsBetter(),
                        Column.number("of all pages").of("armed").moreIsBetter(),
                        Column.number("of hot pages")
                                .of("armed")
                                .meaning("the tenth with most accesses")
                                .moreIsBetter());
        for (Cost one : result.costs()) {
            table.row(
                    Cell.text(one.choice()),
                    Cell.number("%,d", one.armed()),
                    Cell.number("%,d", one.accesses()),
                    Cell.number("%,.0f", one.predictedAccesses()),
                    Cell.number("%,d", one.time()),
                    Cell.number("%,.0f", one.predictedTime()),
                    Cell.percent(one.slowdown()),
                    Cell.percent(one.coverage()),
                    Cell.percent(one.hotCoverage()));
        }
        return table;
    }

    private static Table suspects(WatchpointsResult result) {
        Table table =
                new Table(
                        Column.label("instruction"),
                        Column.text("has a bug"),
                        Column.number("all").of("reports"),
                        Column.number("by chance").of("reports"),
                        Column.number("probability of a bug")
                                .meaning("by Bayes, of reports and time alone"));
        for (Suspect one : result.suspects()) {
            table.row(
                    Cell.text("0x" + Long.toHexString(one.instruction())),
                    Cell.text(one.bug() ? "yes" : "no"),
                    Cell.number("%,d", one.reports()),
                    Cell.number("%,d", one.chanceReports()),
                    Cell.number("%.4f", one.probability()));
        }
        return table;
    }

    private static Table timings(WatchpointsResult result) {
        Table table =
                new Table(
                        Column.number(ARMED).in("pages"),
                        Column.number("rounds"),
                        Column.number("no traps").of("the bug happens").in("rounds"),
                        Column.number("dummy traps")
                                .of("the bug happens")
                                .in("rounds")
                                .meaning("on pages that it never hits"),
                        Column.number("traps").of("the bug happens").in("rounds"),
                        Column.number(SEEN).of("the bug happens").in("rounds"));
        if (result.timings() != null) {
            for (Timing one : result.timings()) {
                table.row(
                        Cell.number("%,d", one.armed()),
                        Cell.number("%,d", one.rounds()),
                        Cell.number("%,d", one.untrapped()),
                        Cell.number("%,d", one.dummy()),
                        Cell.number("%,d", one.trapped()),
                        Cell.number("%,d", one.seen()));
            }
        }
        return table;
    }

    private static Table beside(WatchpointsResult result) {
        Table table =
                new Table(
                        Column.label("what"),
                        Column.number("each").meaning("probability that one bad use is seen"),
                        Column.number("half")
                                .in("bad uses")
                                .meaning("after which it is seen with probability one half")
                                .lessIsBetter(),
                        Column.number("half of 1,000 machines")
                                .in("bad uses")
                                .meaning("on each, after which one of them has seen it so")
                                .lessIsBetter());
        row(table, "GWP-ASan", 1.0 / GWP_ASAN_RATE);
        result.costs().stream()
                .map(Cost::armed)
                .distinct()
                .forEach(armed -> {
                    if (armed < result.pages()) {
                        row(
                                table,
                                Figures.format("%,d of %,d page{s}", armed, result.pages()),
                                (double) armed / result.pages());
                    }
                });
        return table;
    }

    private static void row(Table table, String what, double each) {
        double uses = Chances.needed(each, HALF);
        table.row(
                Cell.text(what),
                Cell.number("%.5f", each),
                Cell.number("%,.1f", uses),
                Cell.number("%,.4f", uses / 1000));
    }
}
