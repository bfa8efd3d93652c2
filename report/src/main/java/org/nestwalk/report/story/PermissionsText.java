package org.nestwalk.report.story;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.bits.Access;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.lab.vm.PermissionMatrix.Cell;
import org.nestwalk.lab.vm.PermissionMatrix.GuestRights;
import org.nestwalk.machine.SecondLevelMap;

/// [org.nestwalk.lab.vm.PermissionMatrix] for people: a row for what the guest's kernel allows, a
/// column for what the hypervisor does, and in each the six accesses.
public final class PermissionsText {
    private static final String NOTES =
            """
            Each cell: read, write, fetch, each in user and in supervisor mode; '+' is allowed, 'g' a page
            fault for the guest's kernel, 'h' an exit to the hypervisor. CR0.WP is set; SMEP and SMAP are
            not.
            """;

    private PermissionsText() {}

    /// Heading, table and explanation.
    ///
    /// @param machine the processor's name
    public static Document of(String machine, List<Cell> cells) {
        Map<GuestRights, Map<Integer, StringBuilder>> rows = new LinkedHashMap<>();
        for (Cell cell : cells) {
            rows.computeIfAbsent(cell.guest(), guest -> new LinkedHashMap<>())
                    .computeIfAbsent(cell.host(), host -> new StringBuilder())
                    .append(letter(cell))
                    .append(cell.access() == Access.FETCH || cell.user() ? "" : " ");
        }
        List<Column> columns = new ArrayList<>(List.of(Column.label("guest \\ host")));
        rows.values().iterator().next().keySet().stream()
                .map(host -> Column.text(host(host)))
                .forEach(columns::add);
        Table table = new Table(columns);
        rows.forEach((guest, row) -> {
            List<String> line = new ArrayList<>(List.of(guest(guest)));
            row.values().forEach(cell -> line.add(cell.toString()));
            table.row(line);
        });
        return new Document()
                .paragraph("Who stops an access, on " + machine)
                .table(table)
                .paragraph(NOTES)
                .conclusion(PermissionsConclusion.of(cells));
    }

    private static char letter(Cell cell) {
        return switch (cell.outcome()) {
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
