package org.nestwalk.web.html;

import static org.nestwalk.web.html.Markup.escaped;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.document.Column;
import org.nestwalk.document.Table;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a result was run, as its manifest has it: single values as facts, lists of the same fields
/// as tables.
final class ManifestMarkup {
    private static final String MANIFEST = "manifest";

    private final StringBuilder html = new StringBuilder();
    private final String name;

    private ManifestMarkup(String name) {
        this.name = name;
    }

    /// The manifests of `json`, its own or those of its runs; empty if there is none.
    static String of(String json) {
        JsonNode result = JsonMapper.shared().readTree(json);
        StringBuilder html = new StringBuilder();
        if (result.path(MANIFEST).isObject()) {
            html.append(details("How it was run", result.get(MANIFEST)));
        }
        for (JsonNode run : result.path("runs")) {
            if (run.path(MANIFEST).isObject()) {
                html.append(
                        details(
                                "How " + run.path("workload").asString("it") + " was run",
                                run.get(MANIFEST)));
            }
        }
        return html.toString();
    }

    private static String details(String name, JsonNode manifest) {
        ManifestMarkup markup = new ManifestMarkup(name);
        markup.add("", manifest);
        return "<details class=\"manifest\"><summary>%s</summary>\n%s</details>\n"
                .formatted(escaped(name), markup.html);
    }

    private void add(String path, JsonNode object) {
        Table facts = Table.facts();
        List<Map.Entry<String, JsonNode>> lists = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode value = field.getValue();
            if (value.isObject() || value.isArray() && value.path(0).isObject()) {
                lists.add(field);
            } else {
                facts.row(field.getKey(), text(value));
            }
        }
        if (!facts.rows().isEmpty()) {
            html.append(TableMarkup.of(facts, (name + " " + path).strip()));
        }
        for (Map.Entry<String, JsonNode> list : lists) {
            String below = (path + " " + list.getKey()).strip();
            html.append(Markup.element("p", below + ":"));
            if (list.getValue().isObject()) {
                add(below, list.getValue());
            } else {
                html.append(TableMarkup.of(rows(list.getValue()), name + " " + below));
            }
        }
    }

    private static Table rows(JsonNode list) {
        List<String> fields = new ArrayList<>();
        for (JsonNode row : list) {
            row.propertyNames()
                    .forEach(field -> {
                        if (!fields.contains(field)) {
                            fields.add(field);
                        }
                    });
        }
        Table table =
                new Table(
                        fields.stream()
                                .map(field ->
                                        field.equals(fields.getFirst())
                                                ? Column.label(field)
                                                : Column.text(field))
                                .toList());
        for (JsonNode row : list) {
            table.row(fields.stream().map(field -> text(row.path(field))).toList());
        }
        return table;
    }

    private static String text(JsonNode value) {
        if (value.isArray()) {
            List<String> texts = new ArrayList<>();
            value.forEach(one -> texts.add(text(one)));
            return String.join(", ", texts);
        }
        return value.isValueNode()
                ? value.asString("")
                : value.isMissingNode() ? "" : value.toString();
    }
}
