package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.LACKEY;
import static org.nestwalk.cli.Nestwalk.run;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.labs.run.RunResult;
import org.nestwalk.lab.machines.Machines;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `run --json` writes is what `run.schema.json` describes, which is made of the records.
class RunSchemaTest {
    private static final String GUPS = "gups:footprint=64MiB,accesses=5k";
    private static final Path FILE =
            Nestwalk.ROOT.resolve("lab/src/main/resources/org/nestwalk/lab/labs/run.schema.json");
    private static final String TEXT =
            RecordSchema.text(
                    RunResult.class,
                    JsonFormat.RUN,
                    "nestwalk run --json",
                    "A list of runs, one for each workload. Counts have no unit; cycles are those"
                            + " of the machine's core.");
    private static final Schema SCHEMA =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(TEXT, InputFormat.JSON);

    private static List<Error> errors(JsonNode document) {
        return SCHEMA.validate(document.toString(), InputFormat.JSON);
    }

    private static JsonNode output(String... options) {
        String[] line = new String[options.length + 3];
        line[0] = "run";
        System.arraycopy(options, 0, line, 1, options.length);
        line[options.length + 1] = "--json";
        line[options.length + 2] = "-";
        return run(line).json();
    }

    @Test
    void schemaIsThatOfTheRecords() {
        RecordSchema.assertIsIn(FILE, TEXT);
    }

    @Test
    void everyFieldIsDescribed() {
        RecordSchema.assertDescribed(JsonMapper.shared().readTree(TEXT));
    }

    @Test
    void defaultSetupsOnATraceAreValid() {
        assertThat(errors(output(LACKEY))).isEmpty();
    }

    @Test
    void intervalsAreValid() {
        assertThat(errors(output(LACKEY, "--interval", "50k", "--warmup", "1k", "--limit", "150k")))
                .isEmpty();
    }

    @Test
    void severalWorkloadsAreValid() {
        assertThat(errors(output(LACKEY, GUPS))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void everyMachineWithEverySetupIsValid(String machine) {
        assertThat(
                        errors(
                                output(
                                        GUPS,
                                        "--machine",
                                        machine,
                                        "--setups",
                                        "all",
                                        "--guest-levels",
                                        "5",
                                        "--host-layout",
                                        "fragmented:0.5")))
                .isEmpty();
    }

    static List<String> machines() {
        return Machines.presets();
    }

    @ParameterizedTest
    @CsvSource({
        "/runs/0/setups/0, walks",
        "/runs/0/setups/0, name",
        "/runs/0, manifest",
        "/runs/0, complete",
        "'', runs",
        "'', format",
        "'', version",
        "/runs/0/manifest, seed",
        "/runs/0/manifest/parameters/0, path"
    })
    void missingFieldIsNotValid(String object, String field) {
        JsonNode document = output(GUPS);
        assertThat(((ObjectNode) document.at(object)).remove(field)).isNotNull();
        assertThat(errors(document)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/runs/0/setups/0, walks, \"many\"",
        "/runs/0/setups/0, walks, 1.5",
        "/runs/0/setups/0, unknown, 1",
        "/runs/0, setups, {}",
        "/runs/0/setups/0/guestServed, memory, \"all\"",
        "'', version, 2",
        "'', format, \"nestwalk-vm\"",
        "'', unknown, 1",
        "/runs/0/manifest, time, 1"
    })
    void changedFieldIsNotValid(String object, String field, String value) {
        JsonNode document = output(GUPS);
        ((ObjectNode) document.at(object)).set(field, JsonMapper.shared().readTree(value));
        assertThat(errors(document)).isNotEmpty();
    }
}
