package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.json.JsonFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON schema of a record, made from its components: those that can be null may be left out,
/// and each is described by what the record's comment says of it.
final class RecordSchema {
    private static final Pattern DECLARATION =
            Pattern.compile("((?:[ \\t]*///[^\\n]*\\n)+)[^;{}/]*?\\brecord (\\w+)");
    private static final Pattern COMPONENT = Pattern.compile("@param (\\w+) (.*?)(?=@param|$)");

    private final Map<String, Map<String, String>> comments = new HashMap<>();

    /// The schema of what `type`, a record, becomes as JSON.
    ObjectNode of(Type type) {
        SchemaGeneratorConfigBuilder config =
                new SchemaGeneratorConfigBuilder(
                                SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                        .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
                        .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
                        .with(Option.FLATTENED_ENUMS_FROM_TOSTRING)
                        .without(Option.FLATTENED_ENUMS)
                        .without(Option.SCHEMA_VERSION_INDICATOR);
        config.forFields()
                .withRequiredCheck(field -> !mayBeLeftOut(field.getRawMember()))
                .withPropertyNameOverrideResolver(field -> given(field.getRawMember()))
                .withDescriptionResolver(field -> description(field.getRawMember()));
        // In the order of the components.
        config.forTypesInGeneral().withPropertySorter((_, _) -> 0);
        return new SchemaGenerator(config.build()).generateSchema(type);
    }

    /// The schema of a document in `format` with the fields of `type`, a record, as text.
    static String text(Type type, JsonFormat format, String title, String description) {
        return text(new RecordSchema().of(type), format, title, description);
    }

    /// The schema of a document in `format` with `fields`, an object's schema, as text.
    static String text(ObjectNode fields, JsonFormat format, String title, String description) {
        ObjectNode schema = JsonMapper.shared().createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", title);
        schema.put("description", description);
        schema.setAll(fields);
        ObjectNode properties = (ObjectNode) schema.get("properties");
        properties.putObject("format").put("const", format.label());
        properties.putObject("version").put("const", format.version());
        ((ArrayNode) schema.get("required")).add("format").add("version");
        return JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(schema)
                + "\n";
    }

    /// Checks that `file` is `schema`; writes it, if documents are to be rewritten.
    static void assertIsIn(Path file, String schema) {
        if (System.getProperty("nestwalk.documents", "").equals("rewrite")) {
            try {
                Files.createDirectories(file.getParent());
                Files.writeString(file, schema);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(file)
                .as("made by -Dnestwalk.documents=rewrite")
                .isRegularFile()
                .hasContent(schema);
    }

    /// Checks that each field of all objects in `schema` has a description.
    static void assertDescribed(JsonNode schema) {
        List<JsonNode> objects = new ArrayList<>(List.of(schema));
        schema.path("$defs").forEach(objects::add);
        for (JsonNode object : objects) {
            object.path("properties")
                    .forEachEntry((name, property) -> {
                        if (!property.has("const")) {
                            assertThat(property.has("description")).as(name).isTrue();
                        }
                        if (property.has("properties")) {
                            assertDescribed(property);
                        }
                        if (property.path("items").has("properties")) {
                            assertDescribed(property.get("items"));
                        }
                    });
        }
    }

    /// The name that JSON has for a component, if that is another than its own.
    private static @Nullable String given(Field field) {
        JsonProperty property = field.getAnnotation(JsonProperty.class);
        return property == null ? null : property.value();
    }

    private static boolean mayBeLeftOut(Field field) {
        JsonInclude include = field.getAnnotation(JsonInclude.class);
        return field.getAnnotatedType().isAnnotationPresent(Nullable.class)
                || include != null && include.value() == JsonInclude.Include.NON_EMPTY;
    }

    private @Nullable String description(Field field) {
        Class<?> owner = field.getDeclaringClass();
        return comments.computeIfAbsent(owner.getName(), _ -> comment(owner)).get(field.getName());
    }

    /// What the comment of `type` says of its components.
    private static Map<String, String> comment(Class<?> type) {
        Class<?> outermost = type;
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        Matcher declaration = DECLARATION.matcher(source(outermost));
        while (declaration.find()) {
            if (declaration.group(2).equals(type.getSimpleName())) {
                return components(declaration.group(1));
            }
        }
        return Map.of();
    }

    private static Map<String, String> components(String comment) {
        Map<String, String> said = new HashMap<>();
        String line = comment.replaceAll("\\s*///\\s*", " ").replaceAll("\\s+", " ");
        Matcher component = COMPONENT.matcher(line);
        while (component.find()) {
            said.put(component.group(1), component.group(2).strip());
        }
        return said;
    }

    private static String source(Class<?> type) {
        String file = type.getName().replace('.', '/') + ".java";
        List<String> modules = List.of("engine", "document", "traces", "kvm", "lab", "report");
        try (Stream<Path> paths =
                modules.stream()
                        .map(module -> Nestwalk.ROOT.resolve(module + "/src/main/java/" + file))) {
            Path path = paths.filter(Files::exists).findFirst().orElse(null);
            return path == null ? "" : Files.readString(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
