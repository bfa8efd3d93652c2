package org.nestwalk.web.html;

import static org.nestwalk.web.html.Markup.escaped;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nestwalk.document.Better;
import org.nestwalk.document.Cell;
import org.nestwalk.document.Column;
import org.nestwalk.document.Table;

/// Tables as HTML: figures to the right, groups of columns under one heading, and below what
/// columns mean and which figures are better.
final class TableMarkup {
    private final Table table;
    private final List<Column> columns;
    private final StringBuilder html = new StringBuilder();

    private TableMarkup(Table table) {
        this.table = table;
        this.columns = table.columns();
    }

    /// The table, in a frame that can be scrolled by keyboard.
    ///
    /// @param name of the table, for those who do not see it
    static String of(Table table, String name) {
        TableMarkup markup = new TableMarkup(table);
        markup.html
                .append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"")
                .append(escaped(name))
                .append("\">\n<table>\n");
        if (table.isHeaded()) {
            markup.head();
        }
        markup.body();
        markup.html.append("</table>\n</div>\n");
        markup.meanings();
        return markup.html.toString();
    }

    private void head() {
        boolean grouped = columns.stream().anyMatch(column -> !column.group().isEmpty());
        html.append("<thead>\n<tr>");
        for (int i = 0; i < columns.size(); ) {
            Column column = columns.get(i);
            int end = i + 1;
            if (column.group().isEmpty()) {
                heading(column, grouped ? " rowspan=\"2\"" : "");
            } else {
                while (end < columns.size() && columns.get(end).group().equals(column.group())) {
                    end++;
                }
                html.append("<th scope=\"colgroup\" class=\"group\" colspan=\"")
                        .append(end - i)
                        .append("\">")
                        .append(escaped(column.group()))
                        .append("</th>");
            }
            i = end;
        }
        html.append("</tr>\n");
        if (grouped) {
            html.append("<tr>");
            columns.stream()
                    .filter(column -> !column.group().isEmpty())
                    .forEach(column -> heading(column, ""));
            html.append("</tr>\n");
        }
        html.append("</thead>\n");
    }

    private void heading(Column column, String more) {
        if (column.heading().isEmpty()) {
            html.append("<td").append(more).append("></td>");
            return;
        }
        html.append("<th scope=\"col\"")
                .append(more)
                .append(kind(column))
                .append(">")
                .append(escaped(column.heading()))
                .append(mark(column.better()))
                .append("</th>");
    }

    /// Which figures are better, in words for those who hear the table.
    private static String mark(Better better) {
        return switch (better) {
            case NEITHER -> "";
            case MORE -> mark("↑", "more is better");
            case LESS -> mark("↓", "less is better");
        };
    }

    private static String mark(String arrow, String words) {
        return " <abbr class=\"better\" title=\"%s\"><span aria-hidden=\"true\">%s</span><span class=\"heard\">(%s)</span></abbr>"
                .formatted(words, arrow, words);
    }

    private void body() {
        html.append("<tbody>\n");
        for (List<Cell> row : table.rows()) {
            html.append("<tr>");
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                String name = column.kind() == Column.Kind.LABEL && i == 0 ? "th" : "td";
                html.append('<')
                        .append(name)
                        .append(name.equals("th") ? " scope=\"row\"" : "")
                        .append(kind(column))
                        .append('>')
                        .append(escaped(row.get(i).text()))
                        .append("</")
                        .append(name)
                        .append('>');
            }
            html.append("</tr>\n");
        }
        html.append("</tbody>\n");
    }

    private static String kind(Column column) {
        return column.kind() == Column.Kind.NUMBER ? " class=\"number\"" : "";
    }

    private void meanings() {
        Set<String> items = new LinkedHashSet<>();
        for (Column column : columns) {
            if (!column.meaning().isEmpty()) {
                items.add(
                        "<dt>%s</dt><dd>%s</dd>"
                                .formatted(escaped(column.name()), escaped(column.meaning())));
            }
        }
        if (!items.isEmpty()) {
            html.append("<dl class=\"meanings\">").append(String.join("", items)).append("</dl>\n");
        }
    }
}
