package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.experiment.ExperimentReport;
import org.nestwalk.lab.labs.vm.VmReport;
import org.nestwalk.lab.labs.vm.VmRunExperiment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What `vm run --json` writes is what the schema of its records describes, on whatever it ran.
class VmSchemaTest {
    private static final Path FILE =
            Nestwalk.ROOT.resolve(
                    "lab/src/main/resources/org/nestwalk/lab/labs/vm-run.schema.json");
    private static final String GUPS = "gups:footprint=4MiB,accesses=20k";
    private static final String TEXT = text();
    private static final Schema SCHEMA =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(TEXT, InputFormat.JSON);

    /// What is claimed stands beside the report.
    ///
    /// @param claims what it says, in order
    /// @param report the rest
    private record Claiming(List<ExperimentReport.Said> claims, VmReport report) {}

    private static String text() {
        ObjectNode fields = new RecordSchema().of(Claiming.class);
        ObjectNode properties = (ObjectNode) fields.get("properties");
        ObjectNode report = (ObjectNode) properties.remove("report");
        ((ObjectNode) report.get("properties")).set("claims", properties.get("claims"));
        ((ArrayNode) report.get("required")).add("claims");
        ((ObjectNode) report.at("/properties/claims"))
                .put("description", "what it says, in order, and by which figures");
        fields.set("properties", report.get("properties"));
        fields.set("required", report.get("required"));
        return RecordSchema.text(
                fields,
                JsonFormat.VM,
                "nestwalk vm run --json",
                new VmRunExperiment().spec().question());
    }

    static List<Error> errors(JsonNode document) {
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
    void schemaIsThatOfTheRecords() {
        RecordSchema.assertIsIn(FILE, TEXT);
    }

    @Test
    void everyFieldIsDescribed() {
        RecordSchema.assertDescribed(JsonMapper.shared().readTree(TEXT));
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
        "'', claims",
        "/tasks/0, outcome",
        "/exits/0, latencyCycles",
        "/cycles, total",
        "/timeline/0, guestLarge",
        "/claims/0, sentence",
        "/manifest, model",
        "/manifest/options, warmup"
    })
    void missingFieldIsNotValid(String object, String field) {
        JsonNode document = output("");
        assertThat(((ObjectNode) document.at(object)).remove(field)).isNotNull();
        assertThat(errors(document)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', unknown, 1",
        "'', format, \"nestwalk-vm-kvm\"",
        "/tasks/0, checksum, 17",
        "/tasks/0, outcome, \"fine\"",
        "/exits/0, count, \"many\"",
        "/host, unusableAfter, \"none\"",
        "/manifest/options, vcpus, 0.5",
        "/manifest/options, threads, 2"
    })
    void changedFieldIsNotValid(String object, String field, String value) {
        JsonNode document = output("");
        ((ObjectNode) document.at(object)).set(field, JsonMapper.shared().readTree(value));
        assertThat(errors(document)).isNotEmpty();
    }
}
