package org.nestwalk.report.run;

import static org.nestwalk.report.Figures.bytes;
import static org.nestwalk.report.Figures.format;
import static org.nestwalk.report.Figures.ratio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.report.TextTable;

/// A comparison as a table for people.
public final class RunTable {
    private RunTable() {}

    /// The heading, the table and its explanation.
    public static String of(RunReport report) {
        return heading(report) + table(report) + '\n' + notes(report);
    }

    private static String heading(RunReport report) {
        SetupReport any = report.setups().getFirst();
        StringBuilder text = new StringBuilder();
        text.append(
                format(
                        "%s on %s: %,d accesses (%,d fetches, %,d loads, %,d stores)%n",
                        report.workload(),
                        report.manifest().machine(),
                        any.accesses(),
                        any.fetches(),
                        any.loads(),
                        any.stores()));
        if (report.nonCanonical() > 0) {
            text.append(
                    format(
                            "%,d accesses to non-canonical addresses were left out%n",
                            report.nonCanonical()));
        }
        if (!report.complete()) {
            text.append(format("interrupted: this is what there was so far%n"));
        }
        return text.append('\n').toString();
    }

    private static String table(RunReport report) {
        List<String> servers = List.copyOf(report.setups().getFirst().guestServed().keySet());
        TextTable table = new TextTable().numeric();
        List<String> top = new ArrayList<>(List.of("", "L1 miss", "L2 miss", "", "guest", "2nd"));
        List<String> head =
                new ArrayList<>(List.of("setup", "/1000", "/1000", "walks", "refs", "refs"));
        for (String server : servers) {
            top.add(server);
            head.add("%");
        }
        top.addAll(List.of("transl.", "all", "transl.", "flags", "cold", "splinter.", "", "page"));
        head.addAll(List.of("cyc/acc", "cyc/acc", "share", "%", "%", "fills", "exits", "tables"));
        table.row(top.toArray(String[]::new)).row(head.toArray(String[]::new));
        for (SetupReport setup : report.setups()) {
            table.row(row(setup, servers));
        }
        return table.text("  ");
    }

    private static String[] row(SetupReport setup, List<String> servers) {
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
        cells.add(ratio(setup.translationCycles(), setup.accesses()));
        cells.add(ratio(setup.cycles(), setup.accesses()));
        cells.add(format("%.1f %%", 100 * setup.translationShare()));
        cells.add(part(setup.flagCycles(), setup));
        cells.add(part(setup.coldCycles(), setup));
        cells.add(format("%,d", setup.splinteredFills()));
        cells.add(format("%,d", setup.exits()));
        cells.add(bytes(setup.pageTableBytes()));
        return cells.toArray(String[]::new);
    }

    private static String notes(RunReport report) {
        return """
        L1, L2 miss: TLB misses per thousand accesses. refs: references of a walk on average, to
        guest (or only) tables and to second-level tables; then which level of the memory
        hierarchy served them. cyc/acc: cycles per access. share: translation's part of all cycles.
        flags, cold: parts of translation's cycles that update accessed and dirty flags, and that
        wait for memory on the first reference to a line of tables.
        """
                + "Model: "
                + report.manifest().model()
                + ".\n";
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
