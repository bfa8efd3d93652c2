package org.nestwalk.report.compare;

import java.util.Locale;
import org.nestwalk.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A result that a command wrote as JSON.
///
/// @param name of the file, as people tell it apart from others
/// @param kind of the result: what its format is called, and its experiment
/// @param json all of it
public record SavedResult(String name, String kind, JsonNode json) {
    private static final String FORMAT = "format";
    private static final String OURS = "nestwalk-";

    /// The result that `text` is.
    ///
    /// @throws InputException if it is none
    public static SavedResult of(String name, String text) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new InputException(
                    "%s is not a result of Nestwalk: it is no JSON%s".formatted(name, where(e)), e);
        }
        String format = json.path(FORMAT).asString("");
        if (!format.startsWith(OURS)) {
            throw new InputException(
                    name
                            + " is not a result of Nestwalk: it has no format that begins with "
                            + OURS);
        }
        String kind = format.substring(OURS.length());
        String experiment = json.path("experiment").asString("");
        return new SavedResult(
                name,
                "%s%s, version %s"
                        .formatted(
                                kind,
                                experiment.isEmpty() ? "" : " " + experiment,
                                json.path("version").asString("none")),
                json);
    }

    private static String where(JacksonException e) {
        return e.getLocation() == null || e.getLocation().getLineNr() < 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", line %d, column %d",
                        e.getLocation().getLineNr(),
                        e.getLocation().getColumnNr());
    }
}
