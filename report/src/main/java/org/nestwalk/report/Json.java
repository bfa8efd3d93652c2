package org.nestwalk.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Values as JSON for other programs: records by their components, in order, indented; components
/// that are null are left out.
public final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .changeDefaultPropertyInclusion(
                            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .build();

    private Json() {}

    /// `value` as JSON text, ended by a newline.
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value) + "\n";
    }
}
