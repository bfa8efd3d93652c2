package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.report.host.CalibrationReport;
import org.nestwalk.report.walk.WalkListing;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `walk` and `calibrate` write as JSON is what their schemas describe, which are made of the
/// records.
class ReportSchemasTest {
    private static final Path REPORT =
            Nestwalk.ROOT.resolve("report/src/main/resources/org/nestwalk/report");

    enum Kind {
        WALK(WalkListing.class, JsonFormat.WALK, "walk/walk", "One walk, explained."),
        CALIBRATION(
                CalibrationReport.class,
                JsonFormat.CALIBRATION,
                "host/calibrate",
                "What loads cost on a host, and on the machine that fits.");

        private final Path file;
        private final String text;
        private final Schema schema;

        Kind(Class<?> type, JsonFormat format, String name, String description) {
            file = REPORT.resolve(name + ".schema.json");
            String title = "nestwalk " + name.replaceFirst(".*/", "") + " --json";
            text = RecordSchema.text(type, format, title, description);
            schema =
                    SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(text, InputFormat.JSON);
        }

        private void assertValid(JsonNode document) {
            assertThat(schema.validate(document.toString(), InputFormat.JSON)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void schemaIsThatOfTheRecordsAndDescribesEveryField(Kind kind) {
        RecordSchema.assertIsIn(kind.file, kind.text);
        RecordSchema.assertDescribed(JsonMapper.shared().readTree(kind.text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x7f1234567123",
                "0x7f1234567123 --warm --host 2M --set pkru=4",
                "0x7f1234567123 --machine zen4 --entry second.data.1.W=0 --access write",
                "0x7f1234567123 --mode native --access write --warm",
                "0x7f1234567123 --mode flat --entry guest.2.P=0",
                "0x800000000000"
            })
    void walksAreValid(String line) {
        JsonNode walk = run(("walk " + line + " --json -").split(" ")).json();
        Kind.WALK.assertValid(walk);
        ((ObjectNode) walk).remove("references");
        assertThat(Kind.WALK.schema.validate(walk.toString(), InputFormat.JSON)).isNotEmpty();
    }

    @Test
    void calibrationIsValidAndItsCurvesAreInCsv() {
        String line = "calibrate --quick --footprint 4MiB --seconds 1 --no-guest";
        Kind.CALIBRATION.assertValid(run((line + " --json -").split(" ")).json());
        List<String> csv = run((line + " --csv -").split(" ")).out().lines().toList();
        assertThat(csv).contains("series,line,footprint (bytes),time of a load (ns)");
        assertThat(csv)
                .anyMatch(row -> row.matches("\"4K/line: one load of each line.*\",simulated,.*"));
    }

    @Test
    void gridOfAWalkIsInCsv() {
        assertThat(run("walk", "0x7f1234567123", "--csv", "-").out())
                .contains(
                        "grid,translation of,entry,references\r\n",
                        "references of the walk,data page,EPT PTE,24\r\n");
    }
}
