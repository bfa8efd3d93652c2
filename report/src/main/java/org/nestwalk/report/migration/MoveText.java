package org.nestwalk.report.migration;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.hypervisor.migration.MigrationRound;
import org.nestwalk.lab.migration.move.ArrivalResult;
import org.nestwalk.lab.migration.move.GuestEnd;
import org.nestwalk.lab.migration.move.MoveResult;
import org.nestwalk.lab.migration.wire.PageCounts;

/// Guests that have moved, or not, as documents.
public final class MoveText {
    private MoveText() {}

    /// What came of it at the side that the guest was to leave.
    public static Document of(MoveResult result) {
        Table facts = Table.wholeFacts();
        facts.row("program", result.program());
        facts.row("machine", result.machine());
        facts.row("to", result.target() + (result.tls() ? ", TLS" : ""));
        facts.row("policy", result.policy());
        row(facts, "memory", "%,d byte{s}", result.memoryBytes());
        row(facts, "CPUs", "%,d", result.cpus());
        row(facts, "moved after", "%,d access{es} of each CPU", result.after());
        time(facts, "time", result.nanoseconds());
        row(facts, "sent", "%,d byte{s}", result.bytes());
        PageCounts pages = result.pages();
        row(facts, "pages sent", "%,d", pages.pages());
        row(facts, "of zeroes", "%,d", pages.zero());
        row(facts, "by differences", "%,d", pages.delta());
        row(facts, "packed", "%,d", pages.zstd());
        time(facts, "downtime", result.downtimeMemory() + result.downtimeHandOver());
        time(facts, "of that, the last pages", result.downtimeMemory());
        time(facts, "of that, handing over", result.downtimeHandOver());
        time(facts, "longest pause", result.longestPause());
        if (result.postCopy()) {
            row(facts, "waited for pages over there", "%,d access{es}", result.faults());
        }
        Document document = new Document().table(facts);
        if (!result.rounds().isEmpty()) {
            document.table(rounds(result.rounds()));
        }
        if (!result.programs().isEmpty()) {
            document.table(programs(result.programs()));
        }
        return document.paragraph(said(result));
    }

    private static String said(MoveResult result) {
        return switch (result.fate()) {
            case MOVED ->
                    result.reason() == null
                            ? result.isVerified()
                                    ? "The guest is over there, where all of it has been verified."
                                    : "The guest is over there, but what had ended here before ended %s."
                                            .formatted(how(result.programs()))
                            : "The guest is not here any more: %s.".formatted(result.reason());
            case STAYED ->
                    "The guest has not moved: %s. It went on here, and ended %s."
                            .formatted(result.reason(), how(result.programs()));
            case IN_DOUBT ->
                    "IN DOUBT: %s. The guest stands still here and is kept in %s. Restore it from there only if the other side does not run it, and never will."
                            .formatted(result.reason(), result.kept());
        };
    }

    /// What came of it at the side that the guest was to come to.
    public static Document of(ArrivalResult result) {
        Table facts = Table.wholeFacts();
        facts.row("machine", result.machine());
        if (result.source() != null) {
            facts.row("from", result.source());
        }
        if (result.memoryBytes() > 0) {
            row(facts, "memory", "%,d byte{s}", result.memoryBytes());
            row(facts, "CPUs", "%,d", result.cpus());
            row(facts, "pages received", "%,d", result.pages());
        }
        Document document = new Document().table(facts);
        if (!result.programs().isEmpty()) {
            document.table(programs(result.programs()));
        }
        return document.paragraph(said(result));
    }

    private static String said(ArrivalResult result) {
        return switch (result.fate()) {
            case ARRIVED ->
                    result.programs().isEmpty()
                            ? "The guest arrived, and its programs had ended before."
                            : "The guest arrived%s, went on here, and ended %s."
                                    .formatted(
                                            result.postCopy() ? " before its memory" : "",
                                            how(result.programs()));
            case LOST -> "The guest arrived and could not go on: %s.".formatted(result.reason());
            case NOT_ARRIVED ->
                    "No guest has arrived: %s."
                            .formatted(
                                    String.valueOf(result.reason()).isEmpty()
                                            ? "nobody has sent one"
                                            : result.reason());
            case IN_DOUBT ->
                    "IN DOUBT: %s. The guest stands still here%s."
                            .formatted(
                                    result.reason(),
                                    result.kept() == null
                                            ? ", without all of its memory"
                                            : " and is kept in "
                                                    + result.kept()
                                                    + ". Restore it from there only if the source"
                                                    + " does not run it, and never will");
        };
    }

    /// How programs ended, as the end of a sentence.
    private static String how(List<GuestEnd> programs) {
        Optional<String> failure =
                programs.stream().map(GuestEnd::failure).filter(Objects::nonNull).findFirst();
        if (failure.isPresent()) {
            return "early: " + failure.get();
        }
        return programs.stream().allMatch(GuestEnd::verified)
                ? "with the checksum of plain execution"
                : "WITHOUT the checksum of plain execution";
    }

    private static Table rounds(List<MigrationRound> rounds) {
        Table table =
                new Table(
                        Column.number("round"),
                        Column.number("time").in("ms"),
                        Column.number("pages"),
                        Column.number("sent").in("bytes"),
                        Column.number("written").meaning("pages found written at its end"),
                        Column.number("left").in("bytes"));
        for (int i = 0; i < rounds.size(); i++) {
            MigrationRound round = rounds.get(i);
            table.row(
                    Cell.number("%,d", (long) i + 1),
                    Cell.number("%,.1f", round.nanoseconds() / 1e6),
                    Cell.number("%,d", round.pages()),
                    Cell.number("%,d", round.bytes()),
                    Cell.number("%,d", round.written()),
                    Cell.number("%,d", round.left()));
        }
        return table;
    }

    private static Table programs(List<GuestEnd> programs) {
        Table table =
                new Table(
                        Column.text("program"),
                        Column.number("accesses"),
                        Column.text("checksum"),
                        Column.text("verified").meaning("against plain execution"));
        for (GuestEnd end : programs) {
            table.row(
                    Cell.text(end.program()),
                    Cell.number("%,d", end.accesses()),
                    Cell.text(end.checksum()),
                    Cell.text(
                            end.failure() != null ? end.failure() : end.verified() ? "yes" : "NO"));
        }
        return table;
    }

    private static void row(Table facts, String fact, String format, long value) {
        facts.row(Cell.text(fact), Cell.number(format, value));
    }

    private static void time(Table facts, String fact, long nanos) {
        facts.row(Cell.text(fact), Cell.time(nanos));
    }
}
