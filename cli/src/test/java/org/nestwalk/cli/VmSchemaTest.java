package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.report.vm.VmReport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `vm run --json` writes is what `vm.schema.json` describes.
class VmSchemaTest {
    private static final String GUPS = "gups:footprint=4MiB,accesses=20k";
    private static final Schema SCHEMA =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(text(), InputFormat.JSON);

    private static String text() {
        try (InputStream in = VmReport.class.getResourceAsStream("vm.schema.json")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Error> errors(JsonNode document) {
        return SCHEMA.validate(document.toString(), InputFormat.JSON);
    }

    private static JsonNode output(String options) {
        List<String> line = new ArrayList<>(List.of("vm", "run", GUPS, "--memory", "32MiB"));
        line.addAll(List.of("--json", "-"));
        if (!options.isEmpty()) {
            line.addAll(List.of(options.split(" ")));
        }
        return JsonMapper.shared().readTree(run(line.toArray(String[]::new)).out());
    }

    @Test
    void schemaIsASchema() {
        Schema meta =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(
                                SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertThat(meta.validate(text(), InputFormat.JSON)).isEmpty();
    }

    @Test
    void everyFieldIsDescribed() {
        JsonNode schema = JsonMapper.shared().readTree(text());
        List<JsonNode> objects = new ArrayList<>(List.of(schema));
        schema.get("$defs").forEach(objects::add);
        for (JsonNode object : objects) {
            for (JsonNode property : object.path("properties")) {
                assertThat(property.has("description")).as(property.toString()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--mode shadow --vcpus 2",
                "--mode native --fragmentation 0.5:clustered",
                "--backing khugepaged --khugepaged 0.5 --guest-khugepaged 1000 --limit 10k",
                "--guest-pages thp --backing 2M --fragmentation 0.9:random --hint --warmup 1k",
                "gups:footprint=2MiB,accesses=1k --no-pcid",
                "--no-contents --parallel --vcpus 2",
                "--machine zen4 --backing eager-2M --fragmentation 0.1:random --seed -3",
                "gups:footprint=64MiB,accesses=50k"
            })
    void outputIsValid(String options) {
        assertThat(errors(output(options))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', tasks",
        "'', verified",
        "/tasks/0, outcome",
        "/exits/0, latencyCycles",
        "/cycles, total",
        "/timeline/0, guestLarge",
        "/manifest, costs",
        "/manifest/options, seed"
    })
    void missingFieldIsNotValid(String object, String field) {
        JsonNode document = output("");
        assertThat(((ObjectNode) document.at(object)).remove(field)).isNotNull();
        assertThat(errors(document)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', unknown, 1",
        "/tasks/0, checksum, 17",
        "/tasks/0, outcome, \"fine\"",
        "/exits/0, count, 0",
        "/host, unusableAfter, 1.01",
        "/manifest/options, vcpus, 0",
        "/manifest/options, threads, 2"
    })
    void changedFieldIsNotValid(String object, String field, String value) {
        JsonNode document = output("");
        ((ObjectNode) document.at(object)).set(field, JsonMapper.shared().readTree(value));
        assertThat(errors(document)).isNotEmpty();
    }
}
