package org.nestwalk.lab.labs.migration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Bars.Part;
import org.nestwalk.document.Bars.Row;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Measure;
import org.nestwalk.document.Series;
import org.nestwalk.document.Series.Line;
import org.nestwalk.document.Series.Point;
import org.nestwalk.hypervisor.migration.MigrationRound;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;

/// How migrations went, round by round, under all policies side by side.
final class MigrationCharts {
    private static final int MOST_ROUNDS = 6;
    private static final int MOST_POINTS = 200;
    private static final double SECOND = 1e9;
    private static final long PAGE = 4096;
    private static final Measure POLICY = Measure.of("policy");
    private static final Measure TIME = Measure.of("time").in("ns");
    private static final String WRITTEN = "pages found written at a round's end, by its time";
    private static final Measure DIRTIED =
            Measure.of("dirtied a second").in("bytes").meaning(WRITTEN);

    private MigrationCharts() {}

    /// @param moves of one guest
    static Document of(List<Move> moves) {
        Document charts = new Document();
        moves.stream()
                .map(Move::bandwidth)
                .distinct()
                .forEach(bandwidth ->
                        add(
                                charts,
                                ", " + Figures.bytes(Math.round(bandwidth)) + " a second",
                                moves.stream()
                                        .filter(move -> move.bandwidth() == bandwidth)
                                        .toList()));
        return charts;
    }

    /// Of moves of one guest over one link while the last of them is under way.
    static Document live(List<Move> moves) {
        return new Document()
                .bars(rounds("time, round by round", moves))
                .series(left("bytes left to send", moves));
    }

    /// Of a move that is over. What was left at the end of its only round makes no curve.
    static Document over(Move move) {
        List<Move> moves = List.of(move);
        Document charts = new Document().bars(rounds("time, round by round", moves));
        if (move.first().size() > 1) {
            charts.series(left("bytes left to send", moves));
        }
        return move.succeeded() ? charts.bars(downtimes("downtime", moves)) : charts;
    }

    /// What was sent and what the guest wrote in each of `rounds`, which are over, at their ends,
    /// and at the beginning of the first.
    static Document rates(List<MigrationRound> rounds) {
        return rounds.isEmpty()
                ? new Document()
                : new Document()
                        .series(
                                Series.curves(
                                        "bytes sent and dirtied a second",
                                        TIME,
                                        Measure.of("a second").in("bytes"),
                                        List.of(
                                                new Line(
                                                        "sent",
                                                        "",
                                                        held(rounds, MigrationCharts::sent)),
                                                new Line(
                                                        "dirtied",
                                                        WRITTEN,
                                                        held(rounds, MigrationCharts::dirtied)))));
    }

    private static double sent(MigrationRound round) {
        return round.bytes() * SECOND / Math.max(1, round.nanoseconds());
    }

    /// Bytes a second that the guest wrote in `round`, as whole pages.
    static double dirtied(MigrationRound round) {
        return round.written() * PAGE * SECOND / Math.max(1, round.nanoseconds());
    }

    private static List<Point> held(
            List<MigrationRound> rounds, ToDoubleFunction<MigrationRound> of) {
        List<Point> points = new ArrayList<>(points(rounds, of));
        if (points.size() == rounds.size()) {
            points.addFirst(new Point(rounds.getFirst().start(), points.getFirst().y()));
        }
        return points;
    }

    /// At the ends of the last rounds: who watches a migration without end is shown no more.
    private static List<Point> points(
            List<MigrationRound> rounds, ToDoubleFunction<MigrationRound> of) {
        return rounds.subList(Math.max(0, rounds.size() - MOST_POINTS), rounds.size()).stream()
                .map(round ->
                        new Point(round.start() + round.nanoseconds(), of.applyAsDouble(round)))
                .toList();
    }

    private static Series left(String name, List<Move> moves) {
        return over(
                name, Measure.of("left").in("bytes").lessIsBetter(), moves, MigrationRound::left);
    }

    private static void add(Document charts, String link, List<Move> moves) {
        charts.bars(rounds("time, round by round" + link, moves))
                .bars(downtimes("downtime" + link, moves))
                .series(left("bytes left to send" + link, moves))
                .series(
                        over(
                                "bytes sent a second" + link,
                                Measure.of("sent a second").in("bytes"),
                                moves,
                                MigrationCharts::sent))
                .series(
                        over(
                                "bytes dirtied a second" + link,
                                DIRTIED,
                                moves,
                                MigrationCharts::dirtied))
                .series(
                        over(
                                "time withheld from the guest" + link,
                                Measure.of("withheld").in("part").lessIsBetter(),
                                moves.stream()
                                        .filter(move ->
                                                move.first().stream()
                                                        .anyMatch(round -> round.withheld() > 0))
                                        .toList(),
                                MigrationRound::withheld));
    }

    /// What the time of each policy went to.
    private static Bars rounds(String name, List<Move> moves) {
        int rounds =
                Math.min(
                        MOST_ROUNDS,
                        moves.stream().mapToInt(move -> move.first().size()).max().orElse(0));
        List<Part> parts = new ArrayList<>();
        IntStream.rangeClosed(1, rounds)
                .forEach(number -> parts.add(Part.of("round " + number).in("pre-copy")));
        parts.add(
                Part.of("later")
                        .meaning(
                                "further rounds, time between rounds, and pages that follow the"
                                        + " guest in post-copy"));
        parts.add(Part.of("downtime").meaning("in which the guest runs nowhere"));
        List<Row> rows = new ArrayList<>();
        for (Move move : moves) {
            List<Cell> cells = new ArrayList<>();
            long left = move.nanoseconds() - downtime(move);
            for (int i = 0; i < rounds; i++) {
                if (i < move.first().size()) {
                    long taken = Math.min(left, move.first().get(i).nanoseconds());
                    left -= taken;
                    cells.add(Cell.time(taken));
                } else {
                    cells.add(Cell.blank());
                }
            }
            cells.add(left > 0 ? Cell.time(left) : Cell.blank());
            cells.add(downtimeOf(move));
            rows.add(new Row(named(move), cells));
        }
        return new Bars(
                name,
                Measure.of("time").in("ns").lessIsBetter(),
                POLICY,
                parts,
                rows,
                Bars.Form.STACKED);
    }

    private static Cell downtimeOf(Move move) {
        if (move.succeeded()) {
            return Cell.time(move.downtime());
        }
        return isUnderWay(move) ? Cell.blank() : Cell.no("stayed");
    }

    private static boolean isUnderWay(Move move) {
        return LiveMoves.UNDER_WAY.equals(move.failure());
    }

    private static long downtime(Move move) {
        return move.succeeded() ? move.downtime() : 0;
    }

    private static Bars downtimes(String name, List<Move> moves) {
        return new Bars(
                name,
                Measure.of("downtime").in("ns").lessIsBetter(),
                POLICY,
                List.of(
                        Part.of("last pages"),
                        Part.of("hand-over").meaning("state, and agreeing on who runs")),
                moves.stream()
                        .filter(Move::succeeded)
                        .map(move ->
                                new Row(
                                        move.policy(),
                                        List.of(
                                                Cell.time(move.lastRound()),
                                                Cell.time(move.handOver()))))
                        .toList(),
                Bars.Form.STACKED);
    }

    private static String named(Move move) {
        if (move.succeeded()) {
            return move.policy();
        }
        return move.policy() + (isUnderWay(move) ? " (under way)" : " (stayed)");
    }

    /// A line for each policy, at the ends of its first rounds; one for those that went the same
    /// way.
    private static Series over(
            String name, Measure measure, List<Move> moves, ToDoubleFunction<MigrationRound> of) {
        Map<List<Point>, List<String>> same = new LinkedHashMap<>();
        for (Move move : moves) {
            List<Point> points = points(move.first(), of);
            if (!points.isEmpty()) {
                same.computeIfAbsent(points, _ -> new ArrayList<>()).add(named(move));
            }
        }
        List<Line> lines = new ArrayList<>();
        same.forEach((points, policies) -> lines.add(line(policies, points)));
        return Series.curves(name, TIME, measure, lines);
    }

    private static Line line(List<String> policies, List<Point> points) {
        String first = policies.getFirst();
        return policies.size() == 1
                ? new Line(first, "", points)
                : new Line(
                        Figures.format("%s and %d more", first, policies.size() - 1),
                        "the same under " + String.join(", ", policies.subList(1, policies.size())),
                        points);
    }
}
