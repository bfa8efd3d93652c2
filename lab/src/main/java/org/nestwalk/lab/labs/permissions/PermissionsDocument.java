package org.nestwalk.lab.labs.permissions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.bits.Access;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.labs.permissions.PermissionsResult.GuestRights;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Outcome;
import org.nestwalk.machine.SecondLevelMap;

/// What there is to say of [PermissionsResult]: a row for what the guest's kernel allows, a column
/// for what the hypervisor does, and in each the six accesses; and how many there are of each kind.
final class PermissionsDocument {
    private PermissionsDocument() {}

    static Document of(PermissionsResult result) {
        return new Document()
                .paragraph("Who stops an access, on " + result.machine())
                .table(matrix(result.cells()))
                .paragraph("CR0.WP is set; SMEP and SMAP are not.")
                .table(counts(result.cells()))
                .conclusion(PermissionsConclusion.of(result));
    }

    private static Table matrix(List<PermissionsResult.Cell> cells) {
        Map<GuestRights, Map<Integer, StringBuilder>> rows = new LinkedHashMap<>();
        for (PermissionsResult.Cell cell : cells) {
            rows.computeIfAbsent(cell.guest(), guest -> new LinkedHashMap<>())
                    .computeIfAbsent(cell.host(), host -> new StringBuilder())
                    .append(letter(cell.outcome()))
                    .append(cell.access() == Access.FETCH || cell.user() ? "" : " ");
        }
        List<Column> columns = new ArrayList<>();
        columns.add(
                Column.label("guest \\ host")
                        .meaning(
                                "what the guest's entry allows and, above, what the second level"
                                    + " does; in each cell read, write and fetch, each in user and"
                                    + " in supervisor mode: '+' is made, 'g' a page fault for the"
                                    + " guest's kernel, 'h' an exit to the hypervisor"));
        rows.values().iterator().next().keySet().stream()
                .map(host -> Column.text(host(host)))
                .forEach(columns::add);
        Table table = new Table(columns);
        rows.forEach((guest, row) -> {
            List<String> line = new ArrayList<>(List.of(guest(guest)));
            row.values().forEach(cell -> line.add(cell.toString()));
            table.row(line);
        });
        return table;
    }

    private static Table counts(List<PermissionsResult.Cell> cells) {
        Table table =
                new Table(
                        Column.label("refused by"),
                        Column.number("accesses"),
                        Column.number("made"),
                        Column.number("guest faults"),
                        Column.number("exits"));
        for (Refusal refusal : Refusal.values()) {
            List<PermissionsResult.Cell> those =
                    cells.stream().filter(cell -> Refusal.of(cell) == refusal).toList();
            table.row(
                    Cell.text(refusal.label()),
                    Cell.number("%,d", those.size()),
                    Cell.number("%,d", count(those, Outcome.ALLOWED)),
                    Cell.number("%,d", count(those, Outcome.GUEST)),
                    Cell.number("%,d", count(those, Outcome.HYPERVISOR)));
        }
        return table;
    }

    /// How many accesses ended so.
    static long count(List<PermissionsResult.Cell> cells, Outcome outcome) {
        return cells.stream().filter(cell -> cell.outcome() == outcome).count();
    }

    private static char letter(Outcome outcome) {
        return switch (outcome) {
            case ALLOWED -> '+';
            case GUEST -> 'g';
            case HYPERVISOR -> 'h';
        };
    }

    private static String host(int rights) {
        return rights == 0
                ? "not mapped"
                : ((rights & SecondLevelMap.READ) != 0 ? "R" : "-")
                        + ((rights & SecondLevelMap.WRITE) != 0 ? "W" : "-")
                        + ((rights & SecondLevelMap.EXECUTE) != 0 ? "X" : "-");
    }

    private static String guest(GuestRights guest) {
        if (!guest.present()) {
            return "not present";
        }
        return (guest.user() ? "user " : "kernel ")
                + (guest.write() ? "RW" : "R-")
                + (guest.noExecute() ? "-" : "X");
    }
}
