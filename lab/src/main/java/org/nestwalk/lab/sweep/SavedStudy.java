package org.nestwalk.lab.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.JsonNodeException;

/// Reads a [Study] from the JSON that its record makes.
final class SavedStudy {
    private SavedStudy() {}

    /// The study.
    ///
    /// @param content of the file
    /// @param file where it is, for messages
    /// @throws InputException if it is none
    static Study of(JsonNode content, Path file) {
        try {
            return study(content.path("study"), file);
        } catch (JsonNodeException e) {
            throw damaged(file, e);
        }
    }

    /// Digests of the files that it was run with, by their names.
    ///
    /// @throws InputException if they are not there
    static Map<String, String> inputs(JsonNode content, Path file) {
        Map<String, String> inputs = new LinkedHashMap<>();
        try {
            content.required("inputs")
                    .forEachEntry((name, digest) -> inputs.put(name, digest.asString()));
        } catch (JsonNodeException e) {
            throw damaged(file, e);
        }
        return inputs;
    }

    private static InputException damaged(Path file, Exception cause) {
        return new InputException(file + " is damaged: it has no study that can be read", cause);
    }

    private static Study study(JsonNode json, Path file) {
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
