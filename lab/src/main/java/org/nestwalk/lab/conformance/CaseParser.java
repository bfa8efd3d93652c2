package org.nestwalk.lab.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nestwalk.InputException;
import org.nestwalk.lab.conformance.ConformanceCase.Mode;
import org.nestwalk.lab.conformance.ConformanceCase.TestAccess;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads one conformance case from a line of JSON.
final class CaseParser {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode EMPTY = JsonNodeFactory.instance.arrayNode();
    private static final Set<String> EFFECTS = Set.of("ad", "pml", "pmli", "vem", "opt", "alt");

    private CaseParser() {}

    /// Parses `line`.
    ///
    /// @throws InputException without a position, if the line is not a case
    static ConformanceCase parse(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            if (!node.isObject()) {
                throw new InputException("a case is a JSON object");
            }
            return toCase(node);
        } catch (JacksonException e) {
            throw new InputException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static ConformanceCase toCase(JsonNode node) {
        GuestRegisters guest =
                new GuestRegisters(
                        hex(node, "cr0", 0),
                        hex(node, "cr3", 0),
                        hex(node, "cr4", 0),
                        hex(node, "efer", 0),
                        hex(node, "pkru", 0),
                        hex(node, "pkrs", 0),
                        hex(node, "pat", GuestRegisters.PAT_AFTER_RESET));
        PagingFeatures features =
                new PagingFeatures(
                        number(node, "maxpa", 52),
                        number(node, "g1g", 1) != 0,
                        number(node, "n1g", 1) != 0,
                        number(node, "xonly", 1) != 0,
                        number(node, "adv", 0) != 0,
                        number(node, "amd", 0) != 0);
        List<TestAccess> accesses = new ArrayList<>();
        for (JsonNode access : required(node, "acc")) {
            accesses.add(toAccess(access));
        }
        List<Expectation> expected = new ArrayList<>();
        for (JsonNode answer : required(node, "exp")) {
            expected.add(toExpectation(answer));
        }
        if (accesses.size() != expected.size()) {
            throw new InputException(
                    "%d accesses but %d answers".formatted(accesses.size(), expected.size()));
        }
        return new ConformanceCase(
                text(node, "id"),
                toMode(text(node, "mode")),
                guest,
                features,
                hex(node, "eptp", 0),
                hex(node, "ctl2", 0),
                hex(node, "pmla", 0),
                (int) hex(node, "pmli", 0),
                hex(node, "vea", 0),
                (int) hex(node, "eptpi", 0),
                hex(node, "ncr3", 0),
                hex(node, "hcr4", 0),
                hex(node, "hefer", 0),
                number(node, "seq", 0) != 0,
                words(node, "mem"),
                accesses,
                expected);
    }

    private static Mode toMode(String text) {
        return switch (text) {
            case "none" -> Mode.NONE;
            case "ept" -> Mode.EPT;
            case "npt" -> Mode.NPT;
            default -> throw new InputException("mode is none, ept or npt, not '" + text + "'");
        };
    }

    private static TestAccess toAccess(JsonNode node) {
        String op = text(node, "op");
        String level = text(node, "pl");
        int type =
                switch (op) {
                    case "r" -> AccessType.READ;
                    case "w" -> AccessType.WRITE;
                    case "x" -> AccessType.FETCH;
                    default -> throw new InputException("op is r, w or x, not '" + op + "'");
                };
        type |=
                switch (level) {
                    case "u" -> AccessType.USER;
                    case "s" -> 0;
                    case "i" -> AccessType.IMPLICIT;
                    default -> throw new InputException("pl is u, s or i, not '" + level + "'");
                };
        if (number(node, "ac", 0) != 0) {
            type |= AccessType.ALIGNMENT_CHECK;
        }
        return new TestAccess(hex(node, "gva", 0), type, node.toString());
    }

    private static Expectation toExpectation(JsonNode node) {
        List<Map<String, String>> alternatives = new ArrayList<>();
        for (JsonNode alternative : node.path("alt")) {
            alternatives.add(answer(alternative));
        }
        return new Expectation(
                answer(node),
                alternatives,
                words(node, "ad"),
                words(node, "pml"),
                node.has("pmli") ? (int) hex(node, "pmli", 0) : -1,
                words(node, "vem"),
                words(node, "opt"));
    }

    private static Map<String, String> answer(JsonNode node) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (var field : node.properties()) {
            if (!EFFECTS.contains(field.getKey())) {
                fields.put(field.getKey(), field.getValue().asString());
            }
        }
        return fields;
    }

    private static JsonNode required(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isArray()) {
            throw new InputException("'" + name + "' is missing or not an array");
        }
        return value;
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isString()) {
            throw new InputException("'" + name + "' is missing or not a string");
        }
        return value.asString();
    }

    private static int number(JsonNode node, String name, int absent) {
        JsonNode value = node.path(name);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isInt()) {
            throw new InputException("'" + name + "' is not an integer");
        }
        return value.intValue();
    }

    private static long hex(JsonNode node, String name, long absent) {
        return node.has(name) ? parseHex(text(node, name), name) : absent;
    }

    private static Words words(JsonNode node, String name) {
        JsonNode list = node.has(name) ? required(node, name) : EMPTY;
        long[] pairs = new long[2 * list.size()];
        int next = 0;
        for (JsonNode pair : list) {
            if (pair.size() != 2) {
                throw new InputException("'" + name + "' holds pairs of strings");
            }
            pairs[next++] = parseHex(pair.get(0).asString(), name);
            pairs[next++] = parseHex(pair.get(1).asString(), name);
        }
        return new Words(pairs);
    }

    private static long parseHex(String text, String name) {
        try {
            return Long.parseUnsignedLong(text, 16);
        } catch (NumberFormatException e) {
            throw new InputException(
                    String.format(
                            Locale.ROOT,
                            "'%s' holds '%s', which is not a hexadecimal number of 64 bits",
                            name,
                            text),
                    e);
        }
    }
}
