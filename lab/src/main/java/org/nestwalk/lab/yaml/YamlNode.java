package org.nestwalk.lab.yaml;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;

/// A value in a YAML file with the line it is on: a mapping, a sequence or a scalar; exactly one of
/// the last three components is there, none for an empty value.
///
/// @param line from 1
/// @param fields of a mapping
/// @param items of a sequence
/// @param scalar as written, without quotes
public record YamlNode(
        int line,
        @Nullable Map<String, YamlNode> fields,
        @Nullable List<YamlNode> items,
        @Nullable String scalar) {

    private static final int DEEPEST = 16;

    /// The only document in `yaml`. An [InputException] with `fileName` and line says what is
    /// wrong.
    public static YamlNode parse(String fileName, byte[] yaml) {
        String text = text(fileName, yaml);
        try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                throw new InputException(fileName + ":1: the file is empty");
            }
            YamlNode node = read(fileName, parser, 0);
            if (parser.nextToken() != null) {
                throw new InputException(
                        at(fileName, line(parser)) + "more than one document in the file");
            }
            return node;
        } catch (JacksonException e) {
            TokenStreamLocation location = e.getLocation();
            int line = location == null ? 1 : Math.max(1, location.getLineNr());
            throw new InputException(at(fileName, line) + "not YAML: " + problem(e), e);
        } catch (YamlEngineException e) {
            throw new InputException(fileName + ": not YAML: " + problem(e), e);
        }
    }

    /// `yaml` as UTF-8, without a byte-order mark.
    private static String text(String fileName, byte[] yaml) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new InputException(fileName + ": not text in UTF-8, as which it is read", e);
        }
    }

    private static YamlNode read(String fileName, JsonParser parser, int depth) {
        int line = line(parser);
        if (depth > DEEPEST) {
            throw new InputException(at(fileName, line) + "too deeply nested");
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, YamlNode> fields = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                int nameLine = line(parser);
                parser.nextToken();
                YamlNode value = read(fileName, parser, depth + 1);
                if (fields.put(name, value) != null) {
                    throw new InputException(
                            at(fileName, nameLine) + "field '" + name + "' is given twice");
                }
            }
            return new YamlNode(line, fields, null, null);
        }
        if (token == JsonToken.START_ARRAY) {
            List<YamlNode> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(read(fileName, parser, depth + 1));
            }
            return new YamlNode(line, null, items, null);
        }
        return new YamlNode(
                line, null, null, token == JsonToken.VALUE_NULL ? null : parser.getString());
    }

    private static int line(JsonParser parser) {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private static String at(String fileName, int line) {
        return fileName + ":" + line + ": ";
    }

    /// What the parser of YAML did not like, without what it was about to do and where.
    private static String problem(RuntimeException exception) {
        for (Throwable at = exception; at != null; at = at.getCause()) {
            if (at instanceof MarkedYamlEngineException marked && marked.getProblem() != null) {
                return marked.getProblem();
            }
        }
        String message =
                exception instanceof JacksonException jackson
                        ? jackson.getOriginalMessage()
                        : exception.getMessage();
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    /// What kind of value this is, in words.
    public String kind() {
        if (fields != null) {
            return "a group of fields";
        }
        return items != null ? "a list" : scalar != null ? "'" + scalar + "'" : "nothing";
    }

    /// The value without where it comes from: a map, a list or a text.
    public Object bare() {
        if (items != null) {
            return items.stream().map(YamlNode::bare).toList();
        }
        if (fields == null) {
            return scalar == null ? "" : scalar;
        }
        YamlNode value = fields.get("value");
        if (value != null) {
            return value.bare();
        }
        Map<String, Object> bare = new LinkedHashMap<>();
        fields.forEach((name, field) -> bare.put(name, field.bare()));
        bare.remove("source");
        return bare;
    }
}
