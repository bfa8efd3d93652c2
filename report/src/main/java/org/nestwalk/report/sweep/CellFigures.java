package org.nestwalk.report.sweep;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The figures of a result, by names: the fields that lead to each, of the thing that it is a
/// figure of. Elements of a list are things, named by their first words; a list of one is as good
/// as its element. Lists of lists, such as maps of memory, have no figures. Whether a claim held is
/// the figure `claim EFFECT`, 1 or 0.
final class CellFigures {
    private static final String CLAIMS = "claims";

    private final Map<String, Map<String, Double>> figures = new LinkedHashMap<>();

    private CellFigures() {}

    /// Those of `result`: by the things that they are figures of (empty for all of the result),
    /// figures by their names.
    static Map<String, Map<String, Double>> of(JsonNode result) {
        CellFigures all = new CellFigures();
        all.walk(result, "", "");
        return all.figures;
    }

    private void walk(JsonNode node, String of, String name) {
        if (node.isNumber()) {
            put(of, name, node.asDouble());
        } else if (node.isBoolean()) {
            put(of, name, node.asBoolean() ? 1 : 0);
        } else if (node.isArray()) {
            elements(node, of, name);
        } else if (node.isObject()) {
            node.forEachEntry((field, value) -> {
                if (field.equals(CLAIMS)) {
                    claims(value, of);
                } else {
                    walk(value, of, field.equals("result") ? name : joined(name, " ", field));
                }
            });
        }
    }

    private void put(String of, String name, double value) {
        figures.computeIfAbsent(of, _ -> new LinkedHashMap<>()).putIfAbsent(name, value);
    }

    private void claims(JsonNode claims, String of) {
        for (JsonNode claim : claims) {
            if (claim.has("effect")) {
                put(
                        of,
                        "claim " + claim.get("effect").asString(""),
                        claim.path("held").asBoolean(false) ? 1 : 0);
            }
        }
    }

    private void elements(JsonNode list, String of, String name) {
        if (list.size() == 1 && list.get(0).isObject()) {
            walk(list.get(0), of, "");
        } else if (list.size() > 0 && list.get(0).isObject()) {
            List<String> names = names(list);
            for (int i = 0; i < list.size(); i++) {
                walk(list.get(i), joined(of, ", ", names.get(i)), "");
            }
        } else if (list.valueStream().noneMatch(JsonNode::isArray)) {
            for (int i = 0; i < list.size(); i++) {
                walk(list.get(i), of, joined(name, " ", Integer.toString(i)));
            }
        }
    }

    /// The words by which elements are told apart, with their numbers if these do not.
    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        Set<String> fields = new HashSet<>();
        list.get(0)
                .forEachEntry((field, value) -> {
                    if (value.isString() && !allAlike(list, field)) {
                        fields.add(field);
                    }
                });
        Set<String> different = new HashSet<>();
        for (JsonNode element : list) {
            List<String> words = new ArrayList<>();
            element.forEachEntry((field, value) -> {
                if (fields.contains(field) && words.size() < 2) {
                    words.add(value.asString(""));
                }
            });
            names.add(String.join(" ", words));
            different.add(names.getLast());
        }
        if (different.size() < names.size()) {
            names.replaceAll(String::strip);
            for (int i = 0; i < names.size(); i++) {
                names.set(i, (names.get(i) + " #" + (i + 1)).strip());
            }
        }
        return names;
    }

    private static boolean allAlike(JsonNode list, String field) {
        JsonNode first = list.get(0).get(field);
        return list.valueStream().allMatch(element -> first.equals(element.get(field)));
    }

    private static String joined(String first, String between, String second) {
        return first.isEmpty() ? second : second.isEmpty() ? first : first + between + second;
    }
}
