package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.ExperimentReport;
import org.nestwalk.lab.labs.Experiments;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What every experiment has, whoever adds one: a page, a schema, a run of seconds that gives the
/// same bytes twice, and a claim that does not hold whatever is asked.
class ExperimentsTest {
    private static final Path SCHEMAS =
            Nestwalk.ROOT.resolve("lab/src/main/resources/org/nestwalk/lab/labs");

    /// Two short runs of an experiment.
    ///
    /// @param claim which holds in the first and not in the second
    /// @param holds arguments of the first
    /// @param fails arguments of the second
    private record Short(String claim, List<String> holds, List<String> fails) {
        static Short of(String claim, String holds, String fails) {
            return new Short(claim, words(holds), words(fails));
        }

        private static List<String> words(String line) {
            return line.isEmpty() ? List.of() : List.of(line.split(" "));
        }
    }

    private static final Map<String, Short> RUNS =
            Map.of(
                    "hint",
                    Short.of(
                            "hint-pays",
                            "gups:footprint=32MiB,accesses=200k --memory 64MiB",
                            "gups:footprint=32MiB,accesses=200k --memory 64MiB"
                                    + " --fragmentation none"));

    static Stream<String> experiments() {
        return Experiments.all().stream().map(experiment -> experiment.spec().name());
    }

    private static Nestwalk.Result lab(String name, List<String> arguments, String... more) {
        List<String> line = new ArrayList<>(List.of("lab", name));
        line.addAll(arguments);
        line.addAll(List.of(more));
        return run(line.toArray(String[]::new));
    }

    private static Short runs(String name) {
        assertThat(RUNS).as("short runs of lab " + name + ", to be added here").containsKey(name);
        return RUNS.get(name);
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void experimentHasAPage(String name) throws IOException {
        Path page = Nestwalk.ROOT.resolve("docs/labs/" + name + ".md");
        assertThat(page).isRegularFile();
        assertThat(Files.readString(page)).contains("./nestwalk lab " + name);
        assertThat(Files.readString(Nestwalk.ROOT.resolve("README.md")))
                .contains("docs/labs/" + name + ".md");
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void helpNamesEveryParameterWithItsDefault(String name) {
        Experiment<?> experiment = Experiments.find(name).orElseThrow();
        String help = String.join(" ", lab(name, List.of(), "--help").out().split("\\s+"));
        assertThat(help).contains(experiment.spec().question());
        experiment
                .spec()
                .parameters()
                .forEach(parameter -> assertThat(help).contains("--" + parameter.name()));
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void sameArgumentsGiveSameBytes(String name) {
        List<String> arguments = runs(name).holds();
        Nestwalk.Result once = lab(name, arguments);
        assertThat(once.status()).as(once.err()).isZero();
        assertThat(once.out()).contains("What to conclude: ");
        assertThat(lab(name, arguments).out()).isEqualTo(once.out());
        Nestwalk.Result csv = lab(name, arguments, "--csv", "-");
        assertThat(csv.out().lines().count()).as(csv.out()).isGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void claimDependsOnTheFiguresOfTheRun(String name) {
        Short runs = runs(name);
        assertThat(held(lab(name, runs.holds(), "--json", "-").json(), runs.claim()))
                .contains(true);
        assertThat(held(lab(name, runs.fails(), "--json", "-").json(), runs.claim()))
                .contains(false);
    }

    private static Optional<Boolean> held(JsonNode report, String claim) {
        return report.get("claims")
                .valueStream()
                .filter(said -> said.path("effect").asString("").equals(claim))
                .map(said -> said.get("held").asBoolean())
                .findFirst();
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void jsonIsWhatTheSchemaOfTheRecordsSays(String name) throws IOException {
        Path file = SCHEMAS.resolve(name + ".schema.json");
        String schema = schema(Experiments.find(name).orElseThrow());
        if (System.getProperty("nestwalk.documents", "").equals("rewrite")) {
            Files.createDirectories(SCHEMAS);
            Files.writeString(file, schema);
        }
        assertThat(file)
                .as("made by -Dnestwalk.documents=rewrite")
                .isRegularFile()
                .hasContent(schema);
        String report = lab(name, runs(name).holds(), "--json", "-").out();
        assertThat(
                        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                .getSchema(schema, InputFormat.JSON)
                                .validate(report, InputFormat.JSON))
                .isEmpty();
    }

    private static String schema(Experiment<?> experiment) {
        ObjectNode fields = new RecordSchema().of(reportOf(experiment));
        ObjectNode schema = JsonMapper.shared().createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "nestwalk lab " + experiment.spec().name() + " --json");
        schema.put("description", experiment.spec().question());
        schema.setAll(fields);
        ObjectNode properties = (ObjectNode) schema.get("properties");
        properties.putObject("format").put("const", JsonFormat.LAB.label());
        properties.putObject("version").put("const", JsonFormat.LAB.version());
        return JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(schema)
                + "\n";
    }

    /// [ExperimentReport] of what the experiment's run returns.
    private static Type reportOf(Experiment<?> experiment) {
        Type result =
                Stream.of(experiment.getClass().getGenericInterfaces())
                        .filter(ParameterizedType.class::isInstance)
                        .map(type -> ((ParameterizedType) type).getActualTypeArguments()[0])
                        .findFirst()
                        .orElseThrow();
        return new ParameterizedType() {
            @Override
            public Type[] getActualTypeArguments() {
                return new Type[] {result};
            }

            @Override
            public Type getRawType() {
                return ExperimentReport.class;
            }

            @Override
            public Type getOwnerType() {
                return null;
            }
        };
    }
}
