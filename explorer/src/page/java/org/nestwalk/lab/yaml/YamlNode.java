package org.nestwalk.lab.yaml;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.explorer.page.Json;

/// The lab's class of this name, for pages: they have machines as JSON, which has been read as YAML
/// before.
public record YamlNode(int line, Map<String, YamlNode> fields, List<YamlNode> items, String scalar) {
    public static YamlNode parse(String fileName, byte[] json) {
        return of(Json.read(new String(json, StandardCharsets.UTF_8)));
    }

    private static YamlNode of(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, YamlNode> fields = new LinkedHashMap<>();
                map.forEach((name, field) -> fields.put((String) name, of(field)));
                yield new YamlNode(1, fields, null, null);
            }
            case List<?> list -> new YamlNode(1, null, list.stream().map(YamlNode::of).toList(), null);
            case null -> new YamlNode(1, null, null, null);
            default -> new YamlNode(1, null, null, value.toString());
        };
    }

    public String kind() {
        return fields != null ? "a mapping" : items != null ? "a list" : scalar;
    }
}
