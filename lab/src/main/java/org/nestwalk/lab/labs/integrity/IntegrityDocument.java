package org.nestwalk.lab.labs.integrity;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Cost;
import org.nestwalk.lab.labs.integrity.IntegrityResult.Writes;

/// What there is to say of [IntegrityResult].
final class IntegrityDocument {
    private IntegrityDocument() {}

    static Document of(IntegrityResult result) {
        Document document =
                new Document()
                        .paragraph(
                                Figures.format(
                                        "Guarding a kernel's code on %s: %,d attack{s} of each kind"
                                            + " on each guard; those who look now and then do so"
                                            + " every %s",
                                        result.machine() == null
                                                ? "this host's KVM"
                                                : result.machine(),
                                        result.attacks(),
                                        Figures.time(result.period())))
                        .table(attacks(result));
        if (result.machine() == null) {
            document.paragraph(
                    "Not on KVM: parts of pages, which takes sub-page write permissions that KVM"
                        + " does not offer; guarded page tables, whose flags KVM and the processor"
                        + " set without asking; devices, of which none is assigned.");
        }
        if (!result.costs().isEmpty()) {
            document.heading("What it costs a guest that nobody attacks").table(costs(result));
        }
        if (!result.writes().isEmpty()) {
            document.heading("Pages with code and data, by how often their data are written")
                    .table(writes(result));
        }
        return document.conclusion(IntegrityConclusion.of(result))
                .sources(
                        "HyperSentry takes 35 ms a check (Azab et al., CCS 2010).",
                        "Most exits of introspection are accessed and dirty flags in guarded page"
                                + " tables (Lutas et al., 2015).",
                        "A breakpoint of introspection takes 81 us, a median of 15 us at best"
                                + " (Preprints 202501.0111, 202509.1115).");
    }

    private static Table attacks(IntegrityResult result) {
        Table table =
                new Table(
                        Column.label("attack"),
                        Column.label("guard"),
                        Column.number("prevented").moreIsBetter(),
                        Column.number("detected").moreIsBetter(),
                        Column.number("missed").lessIsBetter(),
                        Column.number("median").of("delay").lessIsBetter(),
                        Column.number("95 %").of("delay").lessIsBetter(),
                        Column.number("longest").of("delay").lessIsBetter(),
                        Column.text("why missed"));
        for (IntegrityResult.Cell cell : result.cells()) {
            if (!cell.guard().equals(Guard.NONE.label())) {
                table.row(
                        Cell.text(cell.attack()),
                        Cell.text(cell.guard()),
                        Cell.number("%,d", cell.prevented()),
                        Cell.number("%,d", cell.detected()),
                        Cell.number("%,d", cell.missed() + cell.refused()),
                        time(cell.medianDelay()),
                        time(cell.p95Delay()),
                        time(cell.maxDelay()),
                        cell.why() == null ? Cell.blank() : Cell.text(cell.why()));
            }
        }
        return table;
    }

    private static Cell time(@Nullable Long nanoseconds) {
        return nanoseconds == null ? Cell.none() : Cell.time(nanoseconds);
    }

    private static Table costs(IntegrityResult result) {
        Table table =
                new Table(
                        Column.label("guest"),
                        Column.label("guard"),
                        Column.number("patches"),
                        Column.number("loads").meaning("modules loaded and programs compiled"),
                        Column.number("write").of("exits").lessIsBetter(),
                        Column.number("log full").of("exits").lessIsBetter(),
                        result.machine() == null
                                ? Column.number("time").lessIsBetter()
                                : Column.number("cycles").lessIsBetter(),
                        Column.number("slowdown").lessIsBetter(),
                        Column.number("alarms").meaning("all of them false").lessIsBetter());
        for (Cost cost : result.costs()) {
            table.row(
                    Cell.text(cost.guest()),
                    Cell.text(cost.guard()),
                    Cell.number("%,d", cost.patches()),
                    Cell.number("%,d", cost.loads()),
                    Cell.number("%,d", cost.writeTraps()),
                    Cell.number("%,d", cost.logFull()),
                    cost.cycles() == null
                            ? Cell.time(cost.spent())
                            : Cell.number("%,d", cost.cycles()),
                    Cell.number("%.3fx", cost.slowdown()),
                    Cell.number("%,d", cost.alarms()));
        }
        return table;
    }

    private static Table writes(IntegrityResult result) {
        List<String> guards = result.writes().stream().map(Writes::guard).distinct().toList();
        Column[] columns = new Column[guards.size() + 2];
        columns[0] = Column.label("writes a page and period");
        for (int i = 0; i < guards.size(); i++) {
            columns[i + 1] =
                    Column.number(guards.get(i))
                            .in("cycles")
                            .of("a page and period")
                            .lessIsBetter();
        }
        columns[guards.size() + 1] =
                Column.number("ratio").meaning("write protection's cycles by those of the log");
        Table table = new Table(columns);
        for (int often : result.writes().stream().map(Writes::writes).distinct().toList()) {
            Cell[] cells = new Cell[guards.size() + 2];
            cells[0] = Cell.number("%,d", often);
            for (int i = 0; i < guards.size(); i++) {
                String guard = guards.get(i);
                cells[i + 1] =
                        result.writes().stream()
                                .filter(one -> one.writes() == often && one.guard().equals(guard))
                                .findFirst()
                                .map(one -> Cell.number("%,.0f", one.cycles()))
                                .orElse(Cell.none());
            }
            cells[guards.size() + 1] = Cell.number("%.1f", ratio(result, often));
            table.row(cells);
        }
        return table;
    }

    /// What write protection takes, by what the log takes.
    static double ratio(IntegrityResult result, int often) {
        return result.writes(often, Guard.PROTECTION).map(Writes::cycles).orElse(Double.NaN)
                / result.writes(often, Guard.LOG).map(Writes::cycles).orElse(Double.NaN);
    }
}
