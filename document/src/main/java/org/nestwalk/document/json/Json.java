package org.nestwalk.document.json;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Values as JSON for other programs: records by their components, in order, indented; components
/// that are null are left out.
public final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    // Components only: what a record says of itself beside them is no field.
                    .changeDefaultVisibility(visibility ->
                            visibility.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
                    .changeDefaultPropertyInclusion(
                            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .build();

    private Json() {}

    /// A JSON document, ended by a newline: the format's name and version, then the fields of
    /// `content`, a record or a map.
    public static String text(JsonFormat format, Object content) {
        ObjectNode document = MAPPER.createObjectNode();
        document.put("format", format.label()).put("version", format.version());
        JsonNode fields = MAPPER.valueToTree(content);
        fields.forEachEntry((name, value) -> {
            if (document.has(name)) {
                throw new IllegalArgumentException("every document has a " + name + " already");
            }
            document.set(name, value);
        });
        return text(document);
    }

    /// The fields of `content`, a record, in order, for a document that has more.
    public static Map<String, Object> fields(Object content) {
        Map<String, Object> fields = new LinkedHashMap<>();
        JsonNode tree = MAPPER.valueToTree(content);
        tree.forEachEntry(fields::put);
        return fields;
    }

    /// `value`, a record or a map, as JSON on one line, without its end.
    public static String line(Object value) {
        return MAPPER.writer()
                .without(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(value);
    }

    /// `value` as JSON text, ended by a newline.
    static String text(Object value) {
        return MAPPER.writeValueAsString(value) + "\n";
    }
}
