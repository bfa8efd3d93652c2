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
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.ExperimentReport;
import org.nestwalk.lab.labs.Experiments;
import org.nestwalk.web.html.ReportPage;
import tools.jackson.databind.json.JsonMapper;

/// What every experiment has, whoever adds one: a page, a schema, a run of seconds that gives the
/// same bytes twice, and a claim that does not hold whatever is asked.
class ExperimentsTest {
    private static final Path SCHEMAS =
            Nestwalk.ROOT.resolve("lab/src/main/resources/org/nestwalk/lab/labs");

    // Commands of their own with a JSON of their own, and tests of their own.
    private static final List<String> OTHER_FORMATS = List.of("run", "vm-run");
    // Give other figures each time; their claims have tests of their own.
    private static final List<String> MEASURED = List.of("move", "validate");

    @TempDir private static Path directory;

    private static String smallMachine = "";

    @BeforeAll
    static void writeMachine() throws IOException {
        smallMachine = SmallNumaMachine.write(directory).toString();
    }

    static Stream<String> experiments() {
        return Experiments.withCommands().stream()
                .map(experiment -> experiment.spec().name())
                .filter(name -> !OTHER_FORMATS.contains(name));
    }

    static Stream<String> repeatable() {
        return experiments().filter(name -> !MEASURED.contains(name));
    }

    /// On the narrowest terminal.
    private static Nestwalk.Result lab(String name, List<String> arguments, String... more) {
        List<String> line = new ArrayList<>(List.of(command(name).split(" ", -1)));
        arguments.forEach(word -> line.add(word.equals(ShortRuns.SMALL) ? smallMachine : word));
        line.addAll(List.of(more));
        return run(WidthTest.LEAST, line.toArray(String[]::new));
    }

    private static String command(String name) {
        return Experiments.command(Experiments.find(name).orElseThrow().spec());
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void experimentHasAPage(String name) throws IOException {
        Path page = Nestwalk.ROOT.resolve("docs/labs/" + name + ".md");
        assertThat(page).isRegularFile();
        assertThat(Files.readString(page)).contains("./nestwalk " + command(name));
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

    /// What a run says in each form.
    private record Said(String text, String csv, String json, String html) {
        private static final Map<String, Said> HOLDING = new ConcurrentHashMap<>();

        /// What the run of lab `name` says in which its claim holds; run once.
        static Said holding(String name) {
            return HOLDING.computeIfAbsent(name, _ -> of(name, ShortRuns.of(name).holds()));
        }

        static Said of(String name, List<String> arguments) {
            Path csv = directory.resolve("result.csv");
            Path json = directory.resolve("result.json");
            Path html = directory.resolve("result.html");
            Nestwalk.Result result =
                    lab(
                            name,
                            arguments,
                            "--csv",
                            csv.toString(),
                            "--json",
                            json.toString(),
                            "--html",
                            html.toString());
            assertThat(result.status()).as(result.err()).isZero();
            try {
                return new Said(
                        result.out(),
                        Files.readString(csv),
                        Files.readString(json),
                        Files.readString(html));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("repeatable")
    void textFitsTheNarrowestTerminal(String name) {
        WidthTest.assertTextFits(Said.holding(name).text(), WidthTest.LEAST);
    }

    @ParameterizedTest
    @MethodSource("repeatable")
    void sameArgumentsGiveSameBytes(String name) {
        Said once = Said.holding(name);
        assertThat(once.text()).contains("What to conclude: ");
        assertThat(once.csv().lines().count()).as(once.csv()).isGreaterThan(1);
        Said again = Said.of(name, ShortRuns.of(name).holds());
        assertThat(List.of(again.text(), again.csv(), again.json()))
                .containsExactly(once.text(), once.csv(), once.json());
        // Too long to be shown, with all of its script.
        assertThat(again.html().equals(once.html())).as("the same report").isTrue();
    }

    /// The blocks of its document are all that a report is made of; those here are opened by tests
    /// of the module `browser`.
    @ParameterizedTest
    @MethodSource("repeatable")
    void everyExperimentHasItsReport(String name) throws IOException {
        Said said = Said.holding(name);
        assertThat(ReportPage.json(said.html()).map(JsonMapper.shared()::readTree))
                .contains(JsonMapper.shared().readTree(said.json()));
        assertThat(said.html())
                .contains("<h1>nestwalk " + command(name) + "</h1>", "<h2>What to conclude</h2>");
        Path reports = Files.createDirectories(Nestwalk.ROOT.resolve("cli/target/reports"));
        Files.writeString(reports.resolve(command(name).replace(' ', '-') + ".html"), said.html());
    }

    @ParameterizedTest
    @MethodSource("repeatable")
    void claimDependsOnTheFiguresOfTheRun(String name) {
        ShortRuns runs = ShortRuns.of(name);
        assertThat(held(Said.holding(name), runs.claim())).contains(true);
        assertThat(held(Said.of(name, runs.fails()), runs.claim())).contains(false);
    }

    private static Optional<Boolean> held(Said said, String claim) {
        return JsonMapper.shared()
                .readTree(said.json())
                .get("claims")
                .valueStream()
                .filter(one -> one.path("effect").asString("").equals(claim))
                .map(one -> one.get("held").asBoolean())
                .findFirst();
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void jsonIsWhatTheSchemaOfTheRecordsSays(String name) {
        Path file = SCHEMAS.resolve(name + ".schema.json");
        String schema = schema(Experiments.find(name).orElseThrow());
        RecordSchema.assertIsIn(file, schema);
        if (MEASURED.contains(name)) {
            return;
        }
        assertThat(
                        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                .getSchema(schema, InputFormat.JSON)
                                .validate(Said.holding(name).json(), InputFormat.JSON))
                .isEmpty();
    }

    private static String schema(Experiment<?> experiment) {
        return RecordSchema.text(
                reportOf(experiment),
                JsonFormat.LAB,
                "nestwalk " + Experiments.command(experiment.spec()) + " --json",
                experiment.spec().question());
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
            public @Nullable Type getOwnerType() {
                return null;
            }
        };
    }
}
