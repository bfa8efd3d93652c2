package org.nestwalk.document.csv;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Block;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;

/// Shows the tables and charts of documents as comma-separated values (RFC 4180): a line of
/// headings, then a line for each row or figure; tables are a blank line apart. Numbers have all
/// their digits and no units; units are in the headings.
public final class CsvRenderer {
    private static final String END = "\r\n";

    private CsvRenderer() {}

    /// The tables of `document` that have headings, and its charts in long form: charts with the
    /// same headings are one table, after the tables. Empty if there is none.
    public static String text(Document document) {
        List<String> tables = new ArrayList<>();
        Map<List<String>, StringBuilder> charts = new LinkedHashMap<>();
        for (Block block : document.blocks()) {
            if (block instanceof Block.Tabular tabular && tabular.table().hasHeadings()) {
                tables.add(text(tabular.table()));
            }
            if (block instanceof Bars bars) {
                tables.add(text(bars.table()));
            }
            for (LongForm chart : LongForm.of(block)) {
                StringBuilder lines =
                        charts.computeIfAbsent(
                                chart.heading(), heading -> new StringBuilder(line(heading)));
                chart.lines().forEach(fields -> lines.append(line(fields)));
            }
        }
        charts.values().forEach(lines -> tables.add(lines.toString()));
        return String.join(END, tables);
    }

    private static String text(Table table) {
        StringBuilder text = new StringBuilder();
        List<String> headings = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            headings.add(heading(table.columns().get(i), unit(table, i)));
        }
        text.append(line(headings));
        for (List<Cell> row : table.rows()) {
            text.append(line(row.stream().map(cell -> value(cell.value())).toList()));
        }
        return text.toString();
    }

    private static String heading(Column column, String unit) {
        return (column.group() + " " + column.name() + (unit.isEmpty() ? "" : " (" + unit + ")"))
                .strip()
                .replaceAll(" +", " ");
    }

    /// That of a column, or else of all its values: people read each in a unit of its own.
    private static String unit(Table table, int column) {
        String unit = table.columns().get(column).unit();
        if (!unit.isEmpty()) {
            return unit;
        }
        List<String> units =
                table.rows().stream()
                        .map(row -> row.get(column))
                        .filter(cell -> cell.value() != null)
                        .map(cell -> Objects.requireNonNullElse(cell.unit(), ""))
                        .distinct()
                        .toList();
        return units.size() == 1 ? units.getFirst() : "";
    }

    private static String value(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    /// One line of these fields.
    public static String line(List<String> fields) {
        return fields.stream().map(CsvRenderer::quoted).collect(Collectors.joining(",")) + END;
    }

    private static String quoted(String field) {
        boolean plain =
                field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? field : "\"" + field.replace("\"", "\"\"") + "\"";
    }
}
