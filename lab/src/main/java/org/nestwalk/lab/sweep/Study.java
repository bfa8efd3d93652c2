package org.nestwalk.lab.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.lab.yaml.YamlNode;

/// What to find out: an experiment with every combination of values.
///
/// @param experiment its name
/// @param axes in order; the last one varies fastest
/// @param skip combinations that are left out: those that have all the values of one of these
public record Study(String experiment, List<Axis> axes, List<Map<String, String>> skip) {
    private static final String EXPERIMENT = "experiment";
    private static final String SET = "set";
    private static final String SKIP = "skip";
    private static final int MOST_SHOWN = 8;

    /// The axis that repeats all: the seed of the experiment, if it has one, and of all programs
    /// that are given none.
    public static final String SEEDS = "seeds";

    /// The experiment of a study that names none.
    public static final String USUAL = "run";

    /// Copies the lists.
    ///
    /// @throws InputException if an axis is named twice, or what is to be left out names none
    public Study {
        axes = List.copyOf(axes);
        skip =
                skip.stream()
                        .map(one -> Collections.unmodifiableMap(new LinkedHashMap<>(one)))
                        .toList();
        List<String> names = axes.stream().map(Axis::name).toList();
        for (Axis axis : axes) {
            if (names.indexOf(axis.name()) != names.lastIndexOf(axis.name())) {
                throw new InputException(axis.name() + " is set twice");
            }
        }
        for (Map<String, String> one : skip) {
            for (String name : one.keySet()) {
                if (!names.contains(name)) {
                    throw new InputException(
                            "what is left out names %s, which the study does not set; it sets %s"
                                    .formatted(name, String.join(", ", names)));
                }
            }
        }
    }

    /// Fails if what is to be left out has a value that its axis has not: nothing would be.
    void checkSkips() {
        for (Map<String, String> one : skip) {
            one.forEach((name, value) -> {
                List<String> values =
                        axes.stream()
                                .filter(axis -> axis.name().equals(name))
                                .findFirst()
                                .orElseThrow()
                                .values();
                if (!values.contains(value)) {
                    throw new InputException(
                            "what is left out has %s=%s%s, which the study does not set; it sets %s"
                                    .formatted(
                                            name,
                                            value,
                                            Names.suggestion(value, values),
                                            shown(values)));
                }
            });
        }
    }

    private static String shown(List<String> values) {
        return values.size() <= MOST_SHOWN
                ? String.join(", ", values)
                : "%s to %s".formatted(values.getFirst(), values.getLast());
    }

    /// The study in the file `fileName`:
    ///
    /// ```
    /// experiment: run
    /// set:
    ///   program: [examples/cc1.nwt, "gups:footprint=1GiB"]
    ///   machine: [skylake-sp, zen4]
    ///   tlb.l2.entries: 512..8192x2
    /// skip:
    ///   - {machine: zen4, tlb.l2.entries: 512}
    /// ```
    ///
    /// @throws InputException with file and line, if it is none
    public static Study read(String fileName, byte[] yaml) {
        YamlNode root = YamlNode.parse(fileName, yaml);
        Map<String, YamlNode> fields = fields(fileName, root, "a study");
        for (Map.Entry<String, YamlNode> field : fields.entrySet()) {
            if (!List.of(EXPERIMENT, SET, SKIP).contains(field.getKey())) {
                throw wrong(
                        fileName,
                        field.getValue(),
                        "a study has no '%s'; it has experiment, set and skip"
                                .formatted(field.getKey()));
            }
        }
        YamlNode set = fields.get(SET);
        if (set == null) {
            throw wrong(fileName, root, "a study sets something: add 'set:' with values by names");
        }
        List<Axis> axes = new ArrayList<>();
        for (Map.Entry<String, YamlNode> axis : fields(fileName, set, SET).entrySet()) {
            List<String> values = texts(fileName, axis.getValue(), axis.getKey());
            try {
                axes.add(Axis.of(axis.getKey(), values));
            } catch (InputException e) {
                throw wrong(fileName, axis.getValue(), String.valueOf(e.getMessage()));
            }
        }
        YamlNode experiment = fields.get(EXPERIMENT);
        return new Study(
                experiment == null ? USUAL : text(fileName, experiment, EXPERIMENT),
                axes,
                skips(fileName, fields.get(SKIP)));
    }

    private static List<Map<String, String>> skips(String fileName, @Nullable YamlNode node) {
        List<Map<String, String>> skips = new ArrayList<>();
        if (node != null) {
            if (node.items() == null) {
                throw wrong(fileName, node, "skip: expected a list, found " + node.kind());
            }
            for (YamlNode item : node.items()) {
                Map<String, String> skip = new LinkedHashMap<>();
                fields(fileName, item, "an element of skip")
                        .forEach((name, value) -> skip.put(name, text(fileName, value, name)));
                skips.add(skip);
            }
        }
        return skips;
    }

    private static Map<String, YamlNode> fields(String fileName, YamlNode node, String what) {
        if (node.fields() == null || node.fields().isEmpty()) {
            throw wrong(fileName, node, what + ": expected fields, found " + node.kind());
        }
        return node.fields();
    }

    private static List<String> texts(String fileName, YamlNode node, String name) {
        if (node.items() == null) {
            return List.of(text(fileName, node, name));
        }
        return node.items().stream().map(item -> text(fileName, item, name)).toList();
    }

    private static String text(String fileName, YamlNode node, String name) {
        if (node.scalar() == null) {
            throw wrong(fileName, node, name + ": expected a value, found " + node.kind());
        }
        return node.scalar();
    }

    private static InputException wrong(String fileName, YamlNode node, String problem) {
        return new InputException("%s:%d: %s".formatted(fileName, node.line(), problem));
    }
}
