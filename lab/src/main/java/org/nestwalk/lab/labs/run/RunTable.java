package org.nestwalk.lab.labs.run;

import static org.nestwalk.Quantities.counted;
import static org.nestwalk.document.Figures.bytes;
import static org.nestwalk.document.Figures.format;
import static org.nestwalk.document.Figures.ratio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;

/// A comparison as a table.
final class RunTable {
    private static final String MISSES = "misses/1000";
    private static final String REFERENCES = "refs/walk";
    private static final String SERVED = "served by, %";
    private static final String CYCLES = "cycles/access";
    private static final String FIRST = "first touches, %";
    private static final String NOTES =
            """
            misses/1000: misses of first-level and second-level TLBs per thousand accesses.
            refs/walk: references of a walk on average, to guest (or only) tables and to second-level
            tables; then which level of the memory hierarchy served them. cycles/access: of
            translation, of all, and translation's part of all. first touches: parts of the cycles of
            TLB hits and walks that update accessed and dirty flags, and that wait for memory on the
            first reference to a line of tables.
            """;

    private RunTable() {}

    /// The heading, the table, its explanation, and what it means.
    static Document of(RunReport report) {
        return new Document()
                .lines(heading(report))
                .table(table(report))
                .paragraph(NOTES)
                .paragraph("Model: " + report.manifest().model() + ".")
                .paragraph(RunConclusion.dependence(report))
                .append(sample(report))
                .conclusion(RunConclusion.of(report))
                .pictures(RunCharts.of(report));
    }

    private static Document sample(RunReport report) {
        SampleReport sample = report.sample();
        return sample == null
                ? new Document()
                : SampleText.of(sample, report.accesses(), report.complete());
    }

    private static List<String> heading(RunReport report) {
        SetupReport any = report.setups().getFirst();
        List<String> lines = new ArrayList<>();
        lines.add(
                format(
                        "%s on %s: %s (%s, %s, %s)",
                        report.workload(),
                        report.manifest().machine(),
                        counted(any.accesses(), "access"),
                        counted(any.fetches(), "fetch"),
                        counted(any.loads(), "load"),
                        counted(any.stores(), "store")));
        lines.addAll(report.warnings());
        if (!report.complete()) {
            lines.add("interrupted: this is what there was so far");
        }
        return lines;
    }

    private static Table table(RunReport report) {
        List<String> servers = List.copyOf(report.setups().getFirst().guestServed().keySet());
        List<Column> columns = new ArrayList<>();
        columns.add(Column.label("setup"));
        columns.add(Column.number("L1").of(MISSES));
        columns.add(Column.number("L2").of(MISSES));
        columns.add(Column.number("walks"));
        columns.add(Column.number("guest").of(REFERENCES));
        columns.add(Column.number("2nd").of(REFERENCES));
        servers.forEach(server -> columns.add(Column.number(server).of(SERVED)));
        columns.add(Column.number("transl.").of(CYCLES));
        columns.add(Column.number("all").of(CYCLES));
        columns.add(Column.number("share").of(CYCLES));
        columns.add(Column.number("flags").of(FIRST));
        columns.add(Column.number("cold").of(FIRST));
        columns.add(Column.number("splinter. fills"));
        columns.add(Column.number("exits"));
        columns.add(Column.number("page tables"));
        Table table = new Table(columns);
        for (SetupReport setup : report.setups()) {
            table.row(row(setup, servers));
        }
        return table;
    }

    private static List<String> row(SetupReport setup, List<String> servers) {
        List<String> cells = new ArrayList<>();
        cells.add(setup.name());
        cells.add(perThousand(setup.l1Misses(), setup));
        cells.add(perThousand(setup.l2Misses(), setup));
        cells.add(format("%,d", setup.walks()));
        cells.add(ratio(setup.guestReferences(), setup.walks()));
        cells.add(ratio(setup.secondLevelReferences(), setup.walks()));
        for (String server : servers) {
            long served =
                    count(setup.guestServed(), server) + count(setup.secondLevelServed(), server);
            cells.add(
                    setup.references() == 0
                            ? "-"
                            : format("%.0f", 100.0 * served / setup.references()));
        }
        cells.add(ratio(setup.exposedTranslationCycles(), setup.accesses()));
        cells.add(ratio(setup.cycles(), setup.accesses()));
        cells.add(format("%.1f %%", 100 * setup.translationShare()));
        cells.add(part(setup.flagCycles(), setup));
        cells.add(part(setup.coldCycles(), setup));
        cells.add(format("%,d", setup.splinteredFills()));
        cells.add(format("%,d", setup.exits()));
        cells.add(bytes(setup.pageTableBytes()));
        return cells;
    }

    private static long count(Map<String, Long> counts, String key) {
        return counts.getOrDefault(key, 0L);
    }

    /// Cycles as a part of translation's.
    private static String part(long cycles, SetupReport setup) {
        return setup.translationCycles() == 0
                ? "-"
                : format("%.0f", 100.0 * cycles / setup.translationCycles());
    }

    private static String perThousand(long count, SetupReport setup) {
        return ratio(1000 * count, setup.accesses());
    }
}
