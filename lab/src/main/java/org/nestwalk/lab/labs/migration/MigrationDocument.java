package org.nestwalk.lab.labs.migration;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Grid;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.migration.MigrationResult.Guest;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;
import org.nestwalk.lab.labs.migration.MigrationResult.Spot;

/// What there is to say of [MigrationResult].
final class MigrationDocument {
    private MigrationDocument() {}

    static Document of(MigrationResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Live migration of guests of %s%s, in virtual time",
                                        Figures.bytes(result.memoryBytes()),
                                        result.machine() == null ? "" : " on " + result.machine()))
                        .table(guests(result))
                        .series(dirtied(result));
        for (Guest guest : result.guests()) {
            List<Move> moves =
                    result.moves().stream()
                            .filter(move -> move.guest().equals(guest.name()))
                            .toList();
            if (!moves.isEmpty()) {
                document.heading(guest.name())
                        .table(moves(moves))
                        .pictures(MigrationCharts.of(moves));
            }
        }
        if (!result.map().isEmpty()) {
            document.heading(
                            Figures.format(
                                    "Guests of constant rates over %s a second: the policy that"
                                            + " keeps %s by the widest margin",
                                    Figures.bytes(
                                            Math.round(result.moves().getFirst().bandwidth())),
                                    String.join(", ", result.wishes())))
                    .grid(map(result));
        }
        return document.conclusion(MigrationConclusion.of(result));
    }

    private static Table guests(MigrationResult result) {
        Table table =
                new Table(
                        Column.label("guest"),
                        Column.number("holds").meaning("bytes that are not zero at first"),
                        Column.number("writes to").meaning("bytes of pages that it writes at all"),
                        Column.number("dirties")
                                .in("a second")
                                .meaning(
                                        "ten times the bytes of pages written in the first tenth of"
                                                + " a second"),
                        Column.number("repeats after"));
        for (Guest guest : result.guests()) {
            table.row(
                    Cell.text(guest.name()),
                    Cell.bytes(guest.held()),
                    Cell.bytes(guest.workingSet()),
                    Cell.bytes(Math.round(guest.dirtyRate())),
                    Cell.time(guest.period()));
        }
        return table;
    }

    private static Series dirtied(MigrationResult result) {
        List<Series.Line> lines = new ArrayList<>();
        for (Guest guest : result.guests()) {
            lines.add(
                    new Series.Line(
                            guest.name(),
                            "",
                            guest.dirtied().stream()
                                    .map(at ->
                                            new Series.Point(
                                                    (double) at.nanoseconds(), (double) at.bytes()))
                                    .toList()));
        }
        return Series.curves(
                "pages written at least once",
                Measure.of("time").in("ns").logarithmic(),
                Measure.of("written").in("bytes"),
                lines);
    }

    /// Whether a policy that need not end as post-copy did.
    private static boolean late(Move move) {
        return move.postCopy()
                && !move.policy().startsWith("post-copy")
                && !move.policy().startsWith("hybrid");
    }

    private static Table moves(List<Move> moves) {
        Table table =
                new Table(
                        Column.label("policy"),
                        Column.number("link").in("a second"),
                        Column.number("time")
                                .meaning("until nothing is needed from here, or it was given up")
                                .lessIsBetter(),
                        Column.number("downtime")
                                .meaning("in which the guest runs nowhere; - if it stayed")
                                .lessIsBetter(),
                        Column.number("last round").of("of that").lessIsBetter(),
                        Column.number("rounds"),
                        Column.number("sent").lessIsBetter(),
                        Column.number("slowdown")
                                .meaning("part of its other time that the guest did not run")
                                .lessIsBetter(),
                        Column.number("faults")
                                .meaning("accesses that waited for their page")
                                .lessIsBetter(),
                        Column.number("longest pause").lessIsBetter());
        for (Move move : moves) {
            boolean went = move.succeeded();
            table.row(
                    Cell.text(move.policy() + (late(move) ? " (ended as post-copy)" : "")),
                    Cell.bytes(Math.round(move.bandwidth())),
                    Cell.time(move.nanoseconds()),
                    went ? Cell.time(move.downtime()) : Cell.none(),
                    went ? Cell.time(move.lastRound()) : Cell.none(),
                    Cell.number("%,d", move.rounds()),
                    Cell.bytes(move.bytes()),
                    Cell.percent(move.slowdown()),
                    Cell.number("%,d", move.faults()),
                    went ? Cell.time(move.longestPause()) : Cell.none());
        }
        return table;
    }

    private static Grid map(MigrationResult result) {
        List<Long> sets = result.map().stream().map(Spot::workingSet).distinct().sorted().toList();
        List<Double> rates =
                result.map().stream().map(Spot::dirtyRate).distinct().sorted().toList();
        List<Grid.Row> rows = new ArrayList<>();
        for (double rate : rates) {
            rows.add(
                    new Grid.Row(
                            new Grid.Label("", Figures.bytes(Math.round(rate))),
                            sets.stream().map(set -> cell(result, rate, set)).toList()));
        }
        return new Grid(
                "",
                Measure.of("best policy"),
                Measure.of("dirties a second"),
                Measure.of("working set"),
                sets.stream().map(set -> new Grid.Label("", Figures.bytes(set))).toList(),
                rows,
                Grid.Form.WORDS);
    }

    private static Cell cell(MigrationResult result, double rate, long set) {
        for (Spot spot : result.map()) {
            if (spot.dirtyRate() == rate && spot.workingSet() == set) {
                return spot.policy() == null ? Cell.no("none") : Cell.text(spot.policy());
            }
        }
        return Cell.blank();
    }
}
