package org.nestwalk.lab.labs.migration;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Conclusion;
import org.nestwalk.document.Condition;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.MigrationRound;
import org.nestwalk.lab.labs.migration.MigrationResult.Move;
import org.nestwalk.lab.migration.move.ArrivalResult;
import org.nestwalk.lab.migration.move.GuestEnd;
import org.nestwalk.lab.migration.move.LoopbackMove.Sides;
import org.nestwalk.lab.migration.move.MoveResult;

/// A guest that moves, or has moved, within this process.
final class MoveDocument {
    private static final double SECOND = 1e9;
    private static final int SHOWN = 32;

    private MoveDocument() {}

    /// How far a move is.
    static Document live(String program, String policy, MigrationProgress at) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "%s, %s: round %d, %s since it began; %s sent, %s left, %s"
                                                + " a second%s",
                                        program,
                                        policy,
                                        at.rounds().size() + 1,
                                        Figures.time(at.nanoseconds()),
                                        Figures.bytes(at.sent()),
                                        Figures.bytes(at.left()),
                                        Figures.bytes(Math.round(at.bandwidth())),
                                        at.rounds().isEmpty() ? "" : dirtied(at.last())));
        Move move = LiveMoves.underWay(program, at.bandwidth(), name(policy), at);
        return document.append(MigrationCharts.live(List.of(move)))
                .append(MigrationCharts.rates(at.rounds()));
    }

    private static String dirtied(MigrationRound last) {
        return Figures.format(
                "; %s a second dirtied in the last round",
                Figures.bytes(Math.round(MigrationCharts.dirtied(last))));
    }

    static Document of(Sides sides) {
        MoveResult source = sides.source();
        Document document = new Document().table(facts(sides));
        Move move = move(source);
        document.pictures(MigrationCharts.over(move).append(MigrationCharts.rates(move.first())));
        return document.conclusion(conclusion(sides));
    }

    private static Move move(MoveResult source) {
        List<MigrationRound> rounds = source.rounds();
        boolean moved = source.fate() == MoveResult.Fate.MOVED;
        return new Move(
                source.program(),
                bandwidth(source),
                name(source.policy()),
                moved ? null : String.valueOf(source.reason()),
                source.nanoseconds(),
                rounds.size(),
                source.bytes(),
                downtime(source),
                source.downtimeMemory(),
                source.downtimeHandOver(),
                0,
                source.postCopy(),
                source.faults(),
                source.longestPause(),
                rounds.subList(0, Math.min(SHOWN, rounds.size())));
    }

    /// Without what it is told, for which charts have no room.
    private static String name(String policy) {
        int colon = policy.indexOf(':');
        return colon < 0 ? policy : policy.substring(0, colon);
    }

    private static double bandwidth(MoveResult source) {
        return source.bytes() * SECOND / Math.max(1, source.nanoseconds());
    }

    private static long downtime(MoveResult source) {
        return source.downtimeMemory() + source.downtimeHandOver();
    }

    private static Table facts(Sides sides) {
        MoveResult source = sides.source();
        Table facts = Table.wholeFacts();
        facts.row("program", source.program());
        facts.row("machines", source.machine() + ", " + sides.target().machine());
        facts.row("policy", source.policy());
        facts.row(Cell.text("memory"), Cell.bytes(source.memoryBytes()));
        facts.row(Cell.text("CPUs"), Cell.number("%,d", source.cpus()));
        facts.row(Cell.text("moved after accesses"), Cell.number("%,d", source.after()));
        facts.row(Cell.text("time"), Cell.time(source.nanoseconds()));
        facts.row(Cell.text("rounds"), Cell.number("%,d", source.rounds().size()));
        facts.row(Cell.text("sent"), Cell.bytes(source.bytes()));
        facts.row(Cell.text("pages sent"), Cell.number("%,d", source.pages().pages()));
        facts.row(Cell.text("of zeroes"), Cell.number("%,d", source.pages().zero()));
        if (source.fate() == MoveResult.Fate.MOVED) {
            facts.row(Cell.text("downtime"), Cell.time(downtime(source)));
            facts.row(Cell.text("of that, handing over"), Cell.time(source.downtimeHandOver()));
            facts.row(Cell.text("longest pause"), Cell.time(source.longestPause()));
        }
        if (source.postCopy()) {
            facts.row(
                    Cell.text("accesses that waited for a page over there"),
                    Cell.number("%,d", source.faults()));
        }
        return facts;
    }

    /// Why it stayed, as each side says: one that has closed the connection knows better.
    private static String reasons(Sides sides) {
        MoveResult source = sides.source();
        String here = String.valueOf(source.reason());
        String there = sides.target().reason();
        return source.cancelled() || there == null || here.contains(there) || there.contains(here)
                ? here
                : here + "; as the target says, " + there;
    }

    private static Conclusion conclusion(Sides sides) {
        MoveResult source = sides.source();
        Conclusion conclusion = new Conclusion();
        boolean moved = source.fate() == MoveResult.Fate.MOVED;
        switch (source.fate()) {
            case MOVED ->
                    conclusion.say(
                            "The guest moved in %s, at %s a second on average, and stood still for"
                                    + " %s of it.",
                            Figures.time(source.nanoseconds()),
                            Figures.bytes(Math.round(bandwidth(source))),
                            Figures.time(downtime(source)));
            case STAYED ->
                    conclusion.say(
                            sides.ended()
                                    ? "The guest has not moved (%s), and was ended where it was."
                                    : "The guest has not moved (%s), and went on where it was.",
                            reasons(sides));
            case IN_DOUBT ->
                    conclusion.say(
                            "It is not known which side has the guest (%s); it is kept in %s.",
                            String.valueOf(source.reason()), String.valueOf(source.kept()));
        }
        if (moved && sides.target().fate() == ArrivalResult.Fate.LOST) {
            conclusion.say(
                    "It could not go on over there: %s.", String.valueOf(sides.target().reason()));
        }
        List<GuestEnd> ends = new ArrayList<>(source.programs());
        ends.addAll(sides.target().programs());
        if (ends.isEmpty()) {
            return conclusion.say(
                    "%s before a program had come to its end, so that no checksum could be"
                            + " compared.",
                    sides.ended() ? "It was ended" : "It stopped");
        }
        long right = ends.stream().filter(GuestEnd::verified).count();
        return conclusion
                .expect(
                        "nothing-is-lost",
                        Condition.atLeast(
                                "programs that ended with the checksum of plain execution",
                                (double) right,
                                ends.size()))
                .say(
                        "Of %d program{s} that ended, %d did with the checksum of plain execution:"
                                + " nothing was lost.",
                        "Of %d program{s} that ended, only %d did with the checksum of plain"
                                + " execution.",
                        ends.size(),
                        right);
    }
}
