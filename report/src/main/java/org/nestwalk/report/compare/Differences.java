package org.nestwalk.report.compare;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nestwalk.report.Units;
import org.nestwalk.report.compare.ResultComparison.Difference;
import org.nestwalk.report.compare.ResultComparison.Figure;
import tools.jackson.databind.JsonNode;

/// Goes through several results side by side, and keeps what differs. Elements of lists are held
/// against those of the same name; where each list has one only, against that.
final class Differences {
    private static final String MANIFEST = "manifest";
    private static final String CLAIMS = "claims";
    private static final String VALUE = "value";
    // Where a parameter's value comes from, which follows from what it is.
    private static final String SOURCE = "source";
    private static final String PATH = "path";
    // Neither figures, nor how they came about.
    private static final Set<String> HEAD = Set.of("format", "version", "experiment");

    private final List<SavedResult> results;
    private final List<Difference> manifest = new ArrayList<>();
    private final List<Difference> words = new ArrayList<>();
    private final List<Difference> claims = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();
    private final List<String> unmatched = new ArrayList<>();
    private final TreeSet<String> series = new TreeSet<>();
    private final Units units;
    private long same;

    /// What a value belongs to.
    ///
    /// @param of the names of elements of lists
    /// @param name the fields, below these
    /// @param inManifest whether it says how a result came about
    private record Place(String of, String name, boolean inManifest) {
        Place field(String field) {
            if (field.equals(MANIFEST)) {
                return new Place(of, "", true);
            }
            return inManifest && field.equals(VALUE)
                    ? this
                    : new Place(of, joined(name, " ", field), inManifest);
        }

        /// In a manifest an element is a parameter, whose name says where it belongs.
        Place element(String element) {
            return inManifest
                    ? new Place(of, element, true)
                    : new Place(joined(of, ", ", element), "", false);
        }

        private static String joined(String first, String between, String second) {
            return first.isEmpty() ? second : first + between + second;
        }

        @Override
        public String toString() {
            return name.isEmpty() ? of : joined(of, ": ", name);
        }
    }

    Differences(List<SavedResult> results) {
        this.results = results;
        this.units = Units.of(results.getFirst().json());
        Place all = new Place("", "", false);
        List<@Nullable JsonNode> roots = new ArrayList<>();
        results.forEach(result -> roots.add(result.json()));
        for (String field : fields(roots)) {
            if (field.equals(CLAIMS)) {
                claims("", each(roots, field));
            } else if (!HEAD.contains(field)) {
                compare(field.equals("result") ? all : all.field(field), each(roots, field));
            }
        }
    }

    ResultComparison found() {
        if (!series.isEmpty()) {
            unmatched.add(
                    "Not compared, as their elements have no names: "
                            + String.join(", ", series)
                            + ".");
        }
        return new ResultComparison(
                results.getFirst().kind(),
                results.stream().map(SavedResult::name).toList(),
                manifest,
                claims,
                words,
                figures,
                same,
                unmatched);
    }

    private void compare(Place place, List<@Nullable JsonNode> values) {
        if (values.stream().anyMatch(value -> value != null && value.isObject())) {
            for (String field : fields(values)) {
                if (field.equals(CLAIMS)) {
                    claims(place.of, each(values, field));
                } else if (!(place.inManifest && (field.equals(SOURCE) || field.equals(PATH)))) {
                    compare(place.field(field), each(values, field));
                }
            }
        } else if (values.stream().anyMatch(Differences::isListOfObjects)) {
            lists(place, values);
        } else if (values.stream().anyMatch(Differences::isGrid)) {
            series.add(place.toString());
        } else {
            leaf(place, values);
        }
    }

    private static boolean isListOfObjects(@Nullable JsonNode value) {
        return value != null && value.isArray() && value.path(0).isObject();
    }

    /// Rows of cells, such as a map.
    private static boolean isGrid(@Nullable JsonNode value) {
        return value != null && value.isArray() && value.path(0).isArray();
    }

    private void lists(Place place, List<@Nullable JsonNode> lists) {
        if (lists.stream().allMatch(list -> list != null && list.size() == 1)) {
            List<@Nullable JsonNode> only = new ArrayList<>();
            lists.forEach(list -> only.add(Objects.requireNonNull(list).get(0)));
            // All of a result, or one of the things within a part of it.
            compare(place.of.isEmpty() ? new Place("", "", place.inManifest) : place, only);
            return;
        }
        List<Map<String, JsonNode>> named = named(lists);
        if (named.isEmpty()) {
            series.add(place.toString());
            return;
        }
        Set<String> names = new LinkedHashSet<>();
        named.forEach(list -> names.addAll(list.keySet()));
        for (String name : names) {
            List<@Nullable JsonNode> elements = new ArrayList<>();
            named.forEach(list -> elements.add(list.get(name)));
            if (elements.contains(null) && !place.inManifest) {
                only(place.element(name), elements);
            } else {
                compare(place.element(name), elements);
            }
        }
    }

    private void only(Place place, List<@Nullable JsonNode> elements) {
        List<String> having = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) != null) {
                having.add(results.get(i).name());
            }
        }
        unmatched.add("Only in " + String.join(", ", having) + ": " + place + ".");
    }

    /// The elements of each list by the first field, or the first two, whose words tell them apart;
    /// empty if there is none.
    private static List<Map<String, JsonNode>> named(List<@Nullable JsonNode> lists) {
        List<String> texts = new ArrayList<>();
        List<@Nullable JsonNode> firsts = new ArrayList<>();
        lists.forEach(list -> firsts.add(list == null ? null : list.path(0)));
        for (String field : fields(firsts)) {
            if (firsts.stream().anyMatch(first -> first != null && first.path(field).isString())) {
                texts.add(field);
            }
        }
        List<List<String>> tried = new ArrayList<>();
        texts.forEach(field -> tried.add(List.of(field)));
        for (String field : texts) {
            texts.stream()
                    .filter(other -> texts.indexOf(other) > texts.indexOf(field))
                    .forEach(other -> tried.add(List.of(field, other)));
        }
        for (List<String> fields : tried) {
            List<Map<String, JsonNode>> named = new ArrayList<>();
            for (JsonNode list : lists) {
                Map<String, JsonNode> elements = new LinkedHashMap<>();
                int count = 0;
                if (list != null) {
                    for (JsonNode element : list) {
                        elements.put(name(element, fields), element);
                        count++;
                    }
                }
                if (elements.size() == count) {
                    named.add(elements);
                }
            }
            if (named.size() == lists.size()) {
                return named;
            }
        }
        return List.of();
    }

    private static String name(JsonNode element, List<String> fields) {
        List<String> words = new ArrayList<>();
        fields.forEach(field -> words.add(element.path(field).asString("")));
        return String.join(" ", words);
    }

    private void leaf(Place place, List<@Nullable JsonNode> values) {
        List<String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(text(value)));
        if (new HashSet<>(texts).size() == 1) {
            same += place.inManifest ? 0 : 1;
        } else if (place.inManifest) {
            manifest.add(new Difference(place.toString(), texts));
        } else if (values.stream().allMatch(value -> value == null || value.isNumber())) {
            figures.add(figure(place, texts, values));
        } else {
            words.add(new Difference(place.toString(), texts));
        }
    }

    private Figure figure(Place place, List<String> texts, List<@Nullable JsonNode> values) {
        String unit = units.of(place.name.replaceFirst(".* ", ""));
        List<Double> numbers = new ArrayList<>();
        for (JsonNode value : values) {
            if (value == null) {
                return new Figure(place.of, place.name, unit, texts, null, null);
            }
            numbers.add(value.asDouble());
        }
        double first = numbers.getFirst();
        List<Double> changes = new ArrayList<>();
        numbers.subList(1, numbers.size())
                .forEach(number -> changes.add((number - first) / Math.abs(first)));
        return new Figure(place.of, place.name, unit, texts, numbers, first == 0 ? null : changes);
    }

    private static String text(@Nullable JsonNode value) {
        if (value == null || value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (value.isArray()) {
            List<String> texts = new ArrayList<>();
            value.forEach(element -> texts.add(text(element)));
            return String.join(", ", texts);
        }
        return value.isValueNode() ? value.asString("") : value.toString();
    }

    /// Whether each effect showed, by its name.
    ///
    /// @param whose they are; empty for those of all of the result
    private void claims(String whose, List<@Nullable JsonNode> lists) {
        Set<String> effects = new LinkedHashSet<>();
        List<Map<String, String>> held = new ArrayList<>();
        for (JsonNode list : lists) {
            Map<String, String> of = new LinkedHashMap<>();
            if (list != null) {
                for (JsonNode claim : list) {
                    if (claim.has("effect")) {
                        of.put(
                                claim.get("effect").asString(""),
                                claim.path("held").asBoolean(false) ? "yes" : "no");
                    }
                }
            }
            effects.addAll(of.keySet());
            held.add(of);
        }
        for (String effect : effects) {
            List<String> values = new ArrayList<>();
            held.forEach(of -> values.add(of.getOrDefault(effect, "")));
            if (new HashSet<>(values).size() > 1) {
                claims.add(new Difference(Place.joined(whose, ": ", effect), values));
            }
        }
    }

    /// The names of all fields, in the order in which they come.
    private static Set<String> fields(List<@Nullable JsonNode> values) {
        Set<String> fields = new LinkedHashSet<>();
        for (JsonNode value : values) {
            if (value != null && value.isObject()) {
                fields.addAll(value.propertyNames());
            }
        }
        return fields;
    }

    private static List<@Nullable JsonNode> each(List<@Nullable JsonNode> values, String field) {
        List<@Nullable JsonNode> each = new ArrayList<>();
        values.forEach(value -> each.add(value == null ? null : value.get(field)));
        return each;
    }
}
