package org.nestwalk.report;

import static org.nestwalk.Quantities.counted;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.conformance.Mismatch;

/// What a check of conformance cases found, as people read it.
public final class ConformanceText {
    private static final String ANSWER = "answer";

    private ConformanceText() {}

    /// What was counted in a file.
    ///
    /// @param name the file, or `total`
    /// @param cases cases run
    /// @param accesses accesses checked
    /// @param mismatches accesses that differ
    /// @param nanoseconds time it took
    public record Tally(String name, long cases, long accesses, long mismatches, long nanoseconds) {
        /// The sum of `tallies`.
        public static Tally total(List<Tally> tallies) {
            long cases = 0;
            long accesses = 0;
            long mismatches = 0;
            long nanoseconds = 0;
            for (Tally tally : tallies) {
                cases += tally.cases;
                accesses += tally.accesses;
                mismatches += tally.mismatches;
                nanoseconds += tally.nanoseconds;
            }
            return new Tally("total", cases, accesses, mismatches, nanoseconds);
        }
    }

    /// One line: `cases.jsonl: 142 cases, 142 accesses, 0 mismatches, 120,000 accesses/s`.
    public static String line(Tally tally) {
        double seconds = Math.max(1, tally.nanoseconds()) / 1e9;
        return String.format(
                Locale.ROOT,
                "%s: %s, %s, %s, %,.0f accesses/s",
                tally.name(),
                counted(tally.cases(), "case"),
                counted(tally.accesses(), "access"),
                counted(tally.mismatches(), "mismatch"),
                tally.accesses() / seconds);
    }

    /// A paragraph for each mismatch: case, access, and both answers side by side; the fields that
    /// differ are marked by an asterisk.
    public static Document mismatches(List<Mismatch> mismatches) {
        Document document = new Document();
        for (Mismatch mismatch : mismatches) {
            document.paragraph(
                    "case %s, access %d: %s"
                            .formatted(mismatch.caseId(), mismatch.index(), mismatch.access()));
            document.table(fields(mismatch));
            if (!mismatch.difference().equals(ANSWER)) {
                document.paragraph("* " + mismatch.difference());
            }
        }
        return document;
    }

    private static Table fields(Mismatch mismatch) {
        Set<String> names = new LinkedHashSet<>(mismatch.expected().keySet());
        names.addAll(mismatch.got().keySet());
        Table table =
                new Table(
                        Column.label(""),
                        Column.label("field"),
                        Column.text("expected"),
                        Column.text("got"));
        for (String name : names) {
            String expected = mismatch.expected().getOrDefault(name, "-");
            String got = mismatch.got().getOrDefault(name, "-");
            table.row(expected.equals(got) ? "" : "*", name, expected, got);
        }
        return table;
    }
}
