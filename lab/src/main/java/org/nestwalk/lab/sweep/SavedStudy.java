package org.nestwalk.lab.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import tools.jackson.databind.JsonNode;

/// Reads a [Study] from the JSON that its record makes.
final class SavedStudy {
    private SavedStudy() {}

    /// The study.
    ///
    /// @param file where it is, for messages
    /// @throws InputException if it is none
    static Study of(JsonNode json, Path file) {
        List<Axis> axes = new ArrayList<>();
        for (JsonNode axis : json.path("axes")) {
            axes.add(
                    new Axis(
                            axis.path("name").asString(""),
                            axis.path("values").valueStream().map(JsonNode::asString).toList()));
        }
        List<Map<String, String>> skips = new ArrayList<>();
        for (JsonNode skip : json.path("skip")) {
            Map<String, String> values = new LinkedHashMap<>();
            skip.forEachEntry((name, value) -> values.put(name, value.asString()));
            skips.add(values);
        }
        if (axes.isEmpty()) {
            throw new InputException(file + " is damaged: the study in it sets nothing");
        }
        return new Study(json.path("experiment").asString(""), axes, skips);
    }
}
