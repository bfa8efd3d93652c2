package org.nestwalk.lab.sweep;

import java.util.List;
import org.nestwalk.Release;
import org.nestwalk.document.json.Json;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.parameter.Arguments;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is kept of a finished cell: what an experiment writes as JSON, without its manifest, most
/// of which all cells have in common, and which their arguments give again.
final class CellResult {
    private static final JsonMapper MAPPER = new JsonMapper();

    private CellResult() {}

    /// Of what came of a run.
    static <R> JsonNode of(Experiment<R> experiment, Arguments given, R result) {
        String text = experiment.written(given, result, true, Release.VERSION).json();
        ObjectNode content = (ObjectNode) MAPPER.readTree(text);
        content.remove(List.of("format", "version", "experiment", "complete"));
        content.remove("manifest");
        for (JsonNode run : content.path("runs")) {
            ((ObjectNode) run).remove("manifest");
        }
        return content;
    }

    /// The line of a cell's file.
    static String line(Cell cell, JsonNode result) {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("id", cell.id());
        line.set("arguments", MAPPER.valueToTree(cell.arguments().values()));
        line.set("result", result);
        return Json.line(line) + "\n";
    }

    /// Reads a cell's file.
    ///
    /// @throws tools.jackson.core.JacksonException if it is damaged
    static JsonNode read(String line) {
        return MAPPER.readTree(line);
    }
}
