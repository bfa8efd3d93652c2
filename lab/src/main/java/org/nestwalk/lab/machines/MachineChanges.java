package org.nestwalk.lab.machines;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.lab.yaml.YamlNode;

/// A machine with other values of some fields: `skylake-sp:tlb.l2.entries=3072,walkers=4`.
///
/// A field is named by its path in the machine's file. An element of a list is named by its number
/// from 0, or by its name or level: `guestStructureCaches.2.entries` is the second, and
/// `caches.L2.size` the one called L2. `tlb.l1` and `tlb.l2` stand for the TLB of the first and
/// second level that serves data in 4-KiB pages.
///
/// @param base the preset or file
/// @param changes values by paths, in the order given
record MachineChanges(String base, Map<String, String> changes) {
    private static final String SOURCE = "set beside the machine's name, in place of its own value";
    private static final Pattern INDEX = Pattern.compile("\\[(\\d{1,4})]");
    private static final Map<String, String> TLBS =
            Map.of("l1", "firstLevelTlbs", "l2", "secondLevelTlbs");

    /// The parts of `text`; without changes if it names a machine alone.
    ///
    /// @throws InputException if what follows the name are no assignments
    static MachineChanges parse(String text, List<String> presets) {
        int colon = text.indexOf(':');
        while (colon >= 0 && !isBase(text.substring(0, colon), presets)) {
            colon = text.indexOf(':', colon + 1);
        }
        if (colon < 0) {
            return new MachineChanges(text, Map.of());
        }
        Map<String, String> changes = new LinkedHashMap<>();
        for (String change : text.substring(colon + 1).split(",", -1)) {
            int equals = change.indexOf('=');
            if (equals < 1 || equals == change.length() - 1) {
                throw new InputException(
                        "%s: '%s' changes nothing; write FIELD=VALUE, such as tlb.l2.entries=3072"
                                .formatted(text, change));
            }
            String path = change.substring(0, equals).strip();
            if (changes.put(path, change.substring(equals + 1).strip()) != null) {
                throw new InputException(text + ": " + path + " is given twice");
            }
        }
        return new MachineChanges(text.substring(0, colon), changes);
    }

    private static boolean isBase(String name, List<String> presets) {
        return presets.contains(name) || name.endsWith(".yaml") || name.endsWith(".yml");
    }

    /// The fields of a machine with these changes.
    ///
    /// @param name the machine's, with its changes, which becomes the name of the changed one
    /// @throws InputException if it has no such field
    YamlNode apply(YamlNode root, String name) {
        YamlNode changed = root;
        for (Map.Entry<String, String> change : changes.entrySet()) {
            List<String> steps = steps(root, change.getKey());
            changed = set(changed, steps, 0, change.getValue(), name);
        }
        return changes.isEmpty() ? root : set(changed, List.of("name"), 0, name, name);
    }

    private static List<String> steps(YamlNode root, String path) {
        Matcher index = INDEX.matcher(path);
        List<String> steps =
                new ArrayList<>(Arrays.asList(index.replaceAll(".$1").split("\\.", -1)));
        String list =
                steps.size() > 2 && steps.getFirst().equals("tlb")
                        ? TLBS.get(steps.get(1).toLowerCase(Locale.ROOT))
                        : null;
        if (list != null) {
            steps.set(0, list);
            steps.set(1, Integer.toString(serving(root, list)));
        }
        return steps;
    }

    /// The TLB of a list that serves data in 4-KiB pages; 0 if none does.
    private static int serving(YamlNode root, String list) {
        YamlNode tlbs = root.fields() == null ? null : root.fields().get(list);
        if (tlbs != null && tlbs.items() != null) {
            for (int i = 0; i < tlbs.items().size(); i++) {
                if (tlbs.items().get(i).bare() instanceof Map<?, ?> tlb
                        && !"INSTRUCTION".equals(tlb.get("serves"))
                        && tlb.get("sizes") instanceof List<?> sizes
                        && sizes.contains("4K")) {
                    return i;
                }
            }
        }
        return 0;
    }

    private static YamlNode set(
            YamlNode node, List<String> steps, int at, String value, String name) {
        if (at == steps.size()) {
            if (node.items() != null || node.fields() != null && !isValue(node)) {
                throw unknown(node, steps, at, name);
            }
            YamlNode scalar = new YamlNode(node.line(), null, null, value);
            YamlNode source = new YamlNode(node.line(), null, null, SOURCE);
            return steps.equals(List.of("name"))
                    ? scalar
                    : new YamlNode(
                            node.line(), Map.of("value", scalar, "source", source), null, null);
        }
        String step = steps.get(at);
        if (node.items() != null) {
            List<YamlNode> items = new ArrayList<>(node.items());
            int index = element(items, step);
            if (index < 0) {
                throw unknown(node, steps, at, name);
            }
            items.set(index, set(items.get(index), steps, at + 1, value, name));
            return new YamlNode(node.line(), null, items, null);
        }
        YamlNode field = node.fields() == null || isValue(node) ? null : node.fields().get(step);
        if (node.fields() == null || field == null) {
            throw unknown(node, steps, at, name);
        }
        Map<String, YamlNode> fields = new LinkedHashMap<>(node.fields());
        fields.put(step, set(field, steps, at + 1, value, name));
        return new YamlNode(node.line(), fields, null, null);
    }

    /// Whether a node is a value with its source, and not a group of fields.
    private static boolean isValue(YamlNode node) {
        return node.fields() != null && node.fields().containsKey("value");
    }

    private static int element(List<YamlNode> items, String step) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).bare() instanceof Map<?, ?> fields
                    && fields.get("name") instanceof String label
                    && label.replace(' ', '-').equalsIgnoreCase(step.replace(' ', '-'))) {
                return i;
            }
        }
        return step.matches("\\d{1,4}") && Integer.parseInt(step) < items.size()
                ? Integer.parseInt(step)
                : -1;
    }

    private static InputException unknown(YamlNode node, List<String> steps, int at, String name) {
        List<String> known = new ArrayList<>();
        if (node.items() != null) {
            for (int i = 0; i < node.items().size(); i++) {
                Object item = node.items().get(i).bare();
                known.add(
                        item instanceof Map<?, ?> fields
                                        && fields.get("name") instanceof String label
                                ? label.replace(' ', '-')
                                : Integer.toString(i));
            }
        } else if (node.fields() != null && !isValue(node)) {
            known.addAll(node.fields().keySet());
            known.remove("source");
        }
        String path = String.join(".", steps.subList(0, at));
        if (at == steps.size()) {
            return new InputException(
                    "%s: %s is no single value; it has %s"
                            .formatted(name, path, String.join(", ", known)));
        }
        String step = steps.get(at);
        return new InputException(
                "%s: %s has no field '%s'%s; %s"
                        .formatted(
                                name,
                                path.isEmpty() ? "a machine" : path,
                                step,
                                Names.suggestion(step, known),
                                known.isEmpty()
                                        ? "it is a value"
                                        : "there are " + String.join(", ", known)));
    }
}
