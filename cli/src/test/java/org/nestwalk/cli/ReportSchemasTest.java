package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.migration.move.ArrivalResult;
import org.nestwalk.lab.migration.move.MoveResult;
import org.nestwalk.lab.snapshot.RestoreExperiment;
import org.nestwalk.lab.snapshot.SnapshotExperiment;
import org.nestwalk.report.compare.ResultComparison;
import org.nestwalk.report.host.CalibrationReport;
import org.nestwalk.report.snapshot.SnapshotListing;
import org.nestwalk.report.walk.WalkListing;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `walk` and `calibrate` write as JSON is what their schemas describe, which are made of the
/// records.
class ReportSchemasTest {
    private static final Path REPORT =
            Nestwalk.ROOT.resolve("report/src/main/resources/org/nestwalk/report");

    private static final Kind WALK =
            Kind.of(WalkListing.class, JsonFormat.WALK, "walk/walk", "One walk, explained.");
    private static final Kind CALIBRATION =
            Kind.of(
                    CalibrationReport.class,
                    JsonFormat.CALIBRATION,
                    "host/calibrate",
                    "What loads cost on a host, and on the machine that fits.");

    private static final Kind SNAPSHOT =
            Kind.of(
                    SnapshotExperiment.Result.class,
                    JsonFormat.SNAPSHOT,
                    "snapshot/vm-snapshot",
                    "A snapshot of a virtual machine that was taken.");
    private static final Kind RESTORE =
            Kind.of(
                    RestoreExperiment.Result.class,
                    JsonFormat.RESTORE,
                    "snapshot/vm-restore",
                    "What came of restoring a snapshot.");
    private static final Kind SNAPSHOT_FILE =
            Kind.of(
                    SnapshotListing.class,
                    JsonFormat.SNAPSHOT_FILE,
                    "snapshot/vm-inspect",
                    "What is in a snapshot or a working set.");

    private static final Kind COMPARISON =
            Kind.of(
                    ResultComparison.class,
                    JsonFormat.COMPARISON,
                    "compare/report",
                    "What differs between saved results.");
    private static final Kind MIGRATION =
            Kind.of(
                    MoveResult.class,
                    JsonFormat.MIGRATION,
                    "migration/vm-migrate",
                    "What came of a virtual machine that was to move, at the side that it leaves.");
    private static final Kind ARRIVAL =
            Kind.of(
                    ArrivalResult.class,
                    JsonFormat.ARRIVAL,
                    "migration/vm-receive",
                    "What came of waiting for a virtual machine.");

    @TempDir private Path folder = Path.of("");

    /// A kind of document.
    ///
    /// @param file where its schema is
    /// @param text the schema that the records make
    record Kind(Path file, String text) {
        static Kind of(Class<?> type, JsonFormat format, String name, String description) {
            String title = "nestwalk " + name.replaceFirst(".*/", "").replace('-', ' ') + " --json";
            return new Kind(
                    REPORT.resolve(name + ".schema.json"),
                    RecordSchema.text(type, format, title, description));
        }

        private List<Error> errors(JsonNode document) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(text, InputFormat.JSON)
                    .validate(document.toString(), InputFormat.JSON);
        }
    }

    static List<Kind> kinds() {
        return List.of(
                WALK,
                CALIBRATION,
                SNAPSHOT,
                RESTORE,
                SNAPSHOT_FILE,
                COMPARISON,
                MIGRATION,
                ARRIVAL);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void schemaIsThatOfTheRecordsAndDescribesEveryField(Kind kind) {
        RecordSchema.assertIsIn(kind.file(), kind.text());
        RecordSchema.assertDescribed(JsonMapper.shared().readTree(kind.text()));
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
        assertThat(WALK.errors(walk)).isEmpty();
        ((ObjectNode) walk).remove("references");
        assertThat(WALK.errors(walk)).isNotEmpty();
    }

    @Test
    void calibrationIsValidAndItsCurvesAreInCsv() {
        String line = "calibrate --quick --footprint 4MiB --seconds 1 --no-guest";
        assertThat(CALIBRATION.errors(run((line + " --json -").split(" ")).json())).isEmpty();
        List<String> csv = run((line + " --csv -").split(" ")).out().lines().toList();
        assertThat(csv).contains("series,line,footprint (bytes),time of a load (ns)");
        assertThat(csv)
                .anyMatch(row -> row.matches("\"4K/line: one load of each line.*\",simulated,.*"));
    }

    @Test
    void snapshotsAreValidAndInCsv() {
        Path full = folder.resolve("a.nws");
        Path more = folder.resolve("b.nws");
        String take = "vm snapshot gups:footprint=1MiB,accesses=3k --memory 16MiB";
        assertValid(SNAPSHOT, take + " --after 1k -o " + full);
        assertValid(SNAPSHOT, take + " --after 2k --base " + full + " -o " + more);
        assertValid(RESTORE, "vm restore " + full);
        assertValid(RESTORE, "vm restore --lazy " + more);
        assertValid(RESTORE, "vm restore --working-set --background " + more);
        for (Path file : List.of(full, more, Path.of(more + ".ws"))) {
            assertValid(SNAPSHOT_FILE, "vm inspect " + file);
        }
        assertThat(run(("vm restore --lazy " + more + " --csv -").split(" ")).out().lines())
                .anyMatch(line -> line.startsWith("page faults after the restore,lazy,"))
                .anyMatch(line -> line.startsWith("gups:") || line.startsWith("\"gups:"));
        assertThat(run(("vm inspect " + more + " --csv -").split(" ")).out())
                .contains("kind,difference\r\n");
    }

    private static void assertValid(Kind kind, String line) {
        assertThat(kind.errors(run((line + " --json -").split(" ")).json())).as(line).isEmpty();
    }

    @Test
    void gridOfAWalkIsInCsv() {
        assertThat(run("walk", "0x7f1234567123", "--csv", "-").out())
                .contains(
                        "grid,translation of,entry,references\r\n",
                        "references of the walk,data page,EPT PTE,24\r\n");
    }
}
