package org.nestwalk.lab.machines;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.lab.yaml.YamlNode;

/// Reads the fields of one mapping of a machine's file, notes each parameter with its source, and
/// words the errors: `my.yaml:14: firstLevelTlbs[0].ways: ...`.
///
/// A field's value is bare or `{value: V, source: S}`; a bare one has the source of the nearest
/// field `source` beside or around it.
final class FieldReader {
    private static final String SOURCE = "source";
    private static final String VALUE = "value";
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,100}");
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,18}(\\.\\d{1,18})?");

    private final String fileName;
    private final String path;
    private final int line;
    private final Map<String, YamlNode> fields;
    private final @Nullable String source;
    private final List<MachineFile.Parameter> parameters;
    private final Set<String> known = new LinkedHashSet<>();

    private FieldReader(
            String fileName,
            String path,
            YamlNode node,
            @Nullable String outerSource,
            List<MachineFile.Parameter> parameters) {
        this.fileName = fileName;
        this.path = path;
        this.line = node.line();
        this.parameters = parameters;
        if (node.fields() == null) {
            throw error(
                    node,
                    path.isEmpty() ? "" : path + ": ",
                    "expected fields, found " + node.kind());
        }
        fields = node.fields();
        YamlNode own = fields.get(SOURCE);
        source = own == null ? outerSource : sourceOf(own, SOURCE);
    }

    /// A reader of the outermost fields that notes what it reads in `parameters`.
    static FieldReader of(String fileName, YamlNode root, List<MachineFile.Parameter> parameters) {
        return new FieldReader(fileName, "", root, null, parameters);
    }

    boolean has(String name) {
        known.add(name);
        YamlNode node = fields.get(name);
        return node != null
                && (node.scalar() != null || node.fields() != null || node.items() != null);
    }

    /// A name or description; that of a part of the machine is noted, to tell the parts apart.
    String label(String name) {
        YamlNode node = value(name);
        if (node.scalar() == null || node.scalar().isBlank()) {
            throw error(name, "expected text, found " + node.kind());
        }
        if (!path.isEmpty()) {
            note(name, node.scalar());
        }
        return node.scalar();
    }

    int integer(String name, int min, int max, String unit) {
        String text = scalar(name);
        if (!WHOLE.matcher(text).matches()) {
            throw error(
                    name, "'" + text + "' is not a whole number; write a plain number of " + unit);
        }
        BigInteger value = new BigInteger(text);
        if (value.compareTo(BigInteger.valueOf(min)) < 0
                || value.compareTo(BigInteger.valueOf(max)) > 0) {
            throw error(name, text + " is not from " + min + " to " + max + " (" + unit + ")");
        }
        return value.intValueExact();
    }

    int cycles(String name) {
        return integer(name, 0, 1_000_000, "cycles");
    }

    double number(String name, double min, double max, String unit) {
        String text = scalar(name);
        if (!DECIMAL.matcher(text).matches()) {
            throw error(name, "'" + text + "' is not a number; write a plain number of " + unit);
        }
        double value = Double.parseDouble(text);
        if (value < min || value > max) {
            throw error(
                    name,
                    "%s is not from %s to %s (%s)".formatted(text, plain(min), plain(max), unit));
        }
        return value;
    }

    private static String plain(double bound) {
        return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
    }

    boolean bool(String name) {
        String text = scalar(name);
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw error(name, "'" + text + "' is neither true nor false");
        };
    }

    long size(String name) {
        String text = scalar(name);
        return Quantities.size(text, where(name));
    }

    /// `all` as `entries`, or a number of ways that divides them.
    int ways(String name, int entries) {
        if (scalarOf(name).equals("all")) {
            scalar(name);
            return entries;
        }
        int ways = integer(name, 1, entries, "ways, or all for full associativity");
        if (entries % ways != 0) {
            throw error(name, ways + " does not divide " + entries + " entries");
        }
        return ways;
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) {
        String text = scalar(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text.toUpperCase(Locale.ROOT))) {
                return constant;
            }
        }
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add(constant.name());
        }
        throw error(name, "'" + text + "' is not one of " + String.join(", ", names));
    }

    /// A list of words, each made into a value by `parse`, whose [InputException] is given a place.
    <T> List<T> words(String name, Function<String, T> parse) {
        YamlNode node = value(name);
        if (node.items() == null || node.items().isEmpty()) {
            throw error(name, "expected a list such as [4K, 2M], found " + node.kind());
        }
        List<T> values = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (YamlNode item : node.items()) {
            if (item.scalar() == null) {
                throw error(item, path(name) + ": ", "expected words, found " + item.kind());
            }
            try {
                values.add(parse.apply(item.scalar()));
            } catch (InputException e) {
                throw error(item, path(name) + ": ", e.getMessage());
            }
            texts.add(item.scalar());
        }
        note(name, String.join(", ", texts));
        return values;
    }

    /// Readers of the mappings in a list; none if the field is missing.
    List<FieldReader> list(String name) {
        if (!has(name)) {
            return List.of();
        }
        YamlNode node = fields.get(name);
        if (node == null || node.items() == null) {
            throw error(name, "expected a list, found " + (node == null ? "nothing" : node.kind()));
        }
        List<FieldReader> readers = new ArrayList<>();
        for (YamlNode item : node.items()) {
            String itemPath = path(name) + "[" + readers.size() + "]";
            readers.add(new FieldReader(fileName, itemPath, item, source, parameters));
        }
        return readers;
    }

    /// A reader of the mapping in a field that must be there.
    FieldReader group(String name) {
        return new FieldReader(fileName, path(name), value(name), source, parameters);
    }

    /// To be called when all fields were read: refuses any other.
    void finish() {
        for (Map.Entry<String, YamlNode> field : fields.entrySet()) {
            if (!known.contains(field.getKey()) && !field.getKey().equals(SOURCE)) {
                throw error(
                        field.getValue(),
                        path(field.getKey()) + ": ",
                        "unknown field; the fields here are " + String.join(", ", known));
            }
        }
    }

    InputException error(String name, String message) {
        return new InputException(where(name) + ": " + message);
    }

    private InputException error(YamlNode node, String prefix, @Nullable String message) {
        return new InputException(fileName + ":" + node.line() + ": " + prefix + message);
    }

    private String where(String name) {
        YamlNode node = fields.get(name);
        return fileName + ":" + (node == null ? line : node.line()) + ": " + path(name);
    }

    private String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private String scalar(String name) {
        String text = scalarOf(name);
        note(name, text);
        return text;
    }

    private String scalarOf(String name) {
        YamlNode node = value(name);
        if (node.scalar() == null) {
            throw error(name, "expected a single value, found " + node.kind());
        }
        return node.scalar();
    }

    private void note(String name, String text) {
        YamlNode node = fields.get(name);
        String own = source;
        if (node != null && node.fields() != null && node.fields().get(SOURCE) != null) {
            own = sourceOf(node.fields().get(SOURCE), name);
        }
        parameters.add(new MachineFile.Parameter(path(name), text, own));
    }

    /// The value of a field, which is inside `{value: ..., source: ...}` or bare.
    private YamlNode value(String name) {
        known.add(name);
        YamlNode node = fields.get(name);
        if (node == null) {
            throw error(name, "missing");
        }
        if (node.fields() == null || !node.fields().containsKey(VALUE)) {
            return node;
        }
        for (Map.Entry<String, YamlNode> part : node.fields().entrySet()) {
            if (!part.getKey().equals(VALUE) && !part.getKey().equals(SOURCE)) {
                throw error(
                        part.getValue(),
                        path(name) + "." + part.getKey() + ": ",
                        "unknown field; a parameter has value and source");
            }
        }
        YamlNode value = node.fields().get(VALUE);
        return value == null ? node : value;
    }

    private String sourceOf(@Nullable YamlNode node, String name) {
        if (node == null || node.scalar() == null || node.scalar().isBlank()) {
            throw error(name, "a source is a text, or assumption");
        }
        return node.scalar();
    }
}
