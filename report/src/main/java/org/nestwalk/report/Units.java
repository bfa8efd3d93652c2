package org.nestwalk.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The units of a result's fields: a field is in bytes or nanoseconds where its name says so, or
/// where every description of that name in the result's schema begins with the word, or says that
/// it is.
public final class Units {
    private static final String FOLDER = "/org/nestwalk/lab/labs/";
    private static final Pattern UNIT =
            Pattern.compile("^(nanoseconds|bytes)\\b(?! a second)|\\bin (nanoseconds|bytes)\\b");

    private static final Pattern STATISTIC =
            Pattern.compile("mean|median|least|most|min|max|p\\d+");
    private static final Pattern LINK = Pattern.compile("\\[(?:\\w+\\.)*(\\w+)[^\\]]*\\]");

    private final Set<String> tallies = new HashSet<>();
    private final Map<String, Set<String>> units = new HashMap<>();
    private final Map<String, Set<String>> meanings = new HashMap<>();

    private Units() {}

    /// Those of the fields of `result`; of a kind without a schema there are none.
    public static Units of(JsonNode result) {
        return ofExperiment(
                switch (result.path("format").asString("")) {
                    case "nestwalk-lab" -> result.path("experiment").asString("");
                    case "nestwalk-run" -> "run";
                    case "nestwalk-vm" -> "vm-run";
                    default -> "";
                });
    }

    /// Those of the fields of results of an experiment.
    ///
    /// @param schema the experiment's name; of others there are no units
    public static Units ofExperiment(String schema) {
        Units units = new Units();
        if (schema.matches("[a-z-]+")) {
            try (InputStream in =
                    Units.class.getResourceAsStream(FOLDER + schema + ".schema.json")) {
                if (in != null) {
                    units.collect(JsonMapper.shared().readTree(in));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return units;
    }

    private void collect(JsonNode schema) {
        for (Map.Entry<String, JsonNode> field : schema.path("properties").properties()) {
            String description = plain(field.getValue().path("description").asString(""));
            if (field.getValue()
                    .path("additionalProperties")
                    .path("type")
                    .asString("")
                    .equals("integer")) {
                tallies.add(field.getKey());
            }
            meanings.computeIfAbsent(field.getKey(), _ -> new HashSet<>()).add(description);
            Matcher said = UNIT.matcher(description);
            units.computeIfAbsent(field.getKey(), _ -> new HashSet<>())
                    .add(said.find() ? said.group().replace("in ", "") : "");
        }
        schema.forEach(this::collect);
    }

    /// What every description of that name in the schema says; empty if they differ, or there is
    /// none.
    public String meaning(String field) {
        Set<String> said = meanings.getOrDefault(field, Set.of());
        return said.size() == 1 ? said.iterator().next() : "";
    }

    /// `ns` or `bytes`, as a measure of a document has them; null for none.
    public @Nullable String of(String field) {
        Set<String> said = units.getOrDefault(field, Set.of());
        String name = field.toLowerCase(Locale.ROOT);
        if (name.endsWith("nanoseconds") || said.equals(Set.of("nanoseconds"))) {
            return "ns";
        }
        return name.endsWith("bytes") || said.equals(Set.of("bytes")) ? "bytes" : null;
    }

    private static String plain(String description) {
        return LINK.matcher(description).replaceAll("$1").replace("`", "");
    }

    /// The unit of a figure, which is named by the fields that lead to it with spaces between; as
    /// [#of(String)] has it. A statistic, such as `creating median`, has that of what it is of.
    public @Nullable String ofFigure(String figure) {
        return of(said(figure));
    }

    /// The same in full: `cycles`, too, and empty for none.
    public String name(String figure) {
        String field = said(figure);
        String unit = of(field);
        if (unit != null) {
            return unit;
        }
        Set<String> meant = meanings.getOrDefault(field, Set.of());
        boolean cycles =
                field.toLowerCase(Locale.ROOT).endsWith("cycles")
                        || (!meant.isEmpty()
                                && meant.stream().allMatch(text -> text.startsWith("cycles ")));
        return cycles ? "cycles" : "";
    }

    /// What a figure is, as [#meaning(String)] has it.
    public String meaningOf(String figure) {
        String last = figure.replaceFirst(".* ", "");
        String of = said(figure);
        return Stream.of(of, last)
                .distinct()
                .map(this::meaning)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
    }

    /// Whether a field counts by names: a name that is not there was never counted.
    public boolean isTally(String field) {
        return tallies.contains(field);
    }

    /// The field that says what a figure is: the last, or what it is a statistic or tally of.
    private String said(String figure) {
        String[] words = figure.split(" ", -1);
        int last = words.length - 1;
        boolean before =
                last > 0 && (STATISTIC.matcher(words[last]).matches() || isTally(words[last - 1]));
        return words[before ? last - 1 : last];
    }
}
