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
import java.util.Objects;
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

    /// Two short runs of an experiment.
    ///
    /// @param claim which holds in the first and not in the second
    /// @param holds arguments of the first
    /// @param fails arguments of the second
    private record ShortRuns(String claim, List<String> holds, List<String> fails) {
        static ShortRuns of(String claim, String holds, String fails) {
            return new ShortRuns(claim, words(holds), words(fails));
        }

        private static List<String> words(String line) {
            return line.isEmpty() ? List.of() : List.of(line.split(" "));
        }
    }

    private static final String SMALL = "SMALL";
    private static final String FEW = " --machine textbook:tlb.l2.entries=96";
    // Commands of their own with a JSON of their own, and tests of their own.
    private static final List<String> OTHER_FORMATS = List.of("run", "vm-run");
    // Gives other figures each time; its claims have tests of their own.
    private static final List<String> MEASURED = List.of("validate");

    private static final Map<String, ShortRuns> RUNS =
            Map.ofEntries(
                    Map.entry(
                            "curve",
                            ShortRuns.of(
                                    "large-pages-beat-every-size-under-native-4k",
                                    "gups:footprint=16MiB,accesses=30k --simulate 64x4",
                                    "gups:footprint=4MiB,accesses=30k --simulate none --machine"
                                            + " textbook --warmup 29k")),
                    Map.entry(
                            "devices",
                            ShortRuns.of(
                                    "deferred-is-as-published",
                                    "--packet 1500 --packets 600 --ring 32",
                                    "--packet 1500 --packets 600 --ring 32 --strict 0.01")),
                    Map.entry(
                            "dma-attack",
                            ShortRuns.of(
                                    "wrong-orders-are-found",
                                    "--secrets 20",
                                    "--secrets 1 --seed 5")),
                    Map.entry(
                            "dirty-tracking",
                            ShortRuns.of(
                                    "large-pages-amplify",
                                    "--working-set 8MiB --accesses 3k --intervals 1 --writes 0.01",
                                    "--working-set 4MiB --accesses 4k --intervals 1 --writes 1")),
                    Map.entry(
                            "double-caching",
                            ShortRuns.of(
                                    "none-reads-again-what-the-guest-forgot",
                                    "--pages 20 --replicates 2",
                                    "--pages 20 --replicates 2 --passes 1 --guest-cache 1"
                                            + " --host-cache 1")),
                    Map.entry(
                            "encryption",
                            ShortRuns.of(
                                    "large-pages-save-walks",
                                    "gups:footprint=64MiB,accesses=5k --adder 0,10 --attacks 5",
                                    "gups:footprint=4TiB,accesses=2k --adder 0,10 --attacks 5")),
                    Map.entry(
                            "fidelity",
                            ShortRuns.of(
                                    "most-ratios-are-met",
                                    "--source mitosis --only gups --accesses 50k",
                                    "--source bhargava --accesses 2k")),
                    Map.entry(
                            "fork",
                            ShortRuns.of(
                                    "sharing-pays",
                                    "zipf:footprint=8MiB,accesses=40k --after 39k --memory 16MiB",
                                    "zipf:footprint=8MiB,accesses=200k --after 1k --memory 16MiB")),
                    Map.entry(
                            "paper",
                            ShortRuns.of(
                                    "gains-are-gains",
                                    "dmt-2024 --footprint 1GiB --accesses 20k",
                                    "ahn-2012 --footprint 64MiB --accesses 10k")),
                    Map.entry(
                            "hint",
                            ShortRuns.of(
                                    "hint-pays",
                                    "gups:footprint=32MiB,accesses=200k --memory 64MiB",
                                    "gups:footprint=32MiB,accesses=200k --memory 64MiB"
                                            + " --fragmentation none")),
                    Map.entry(
                            "integrity",
                            ShortRuns.of(
                                    "log-suits-patching",
                                    "--attacks 1 --quanta 6 --text 8 --mixed 1",
                                    "--attacks 1 --quanta 6 --text 8 --mixed 1 --patches 0")),
                    Map.entry(
                            "intrusion",
                            ShortRuns.of(
                                    "fresh-pages-are-found",
                                    "gups:footprint=1MiB --train gups:footprint=2MiB --training 4"
                                            + " --clean 3 --attacks 1 --quanta 20",
                                    "gups:footprint=1MiB --train gups:footprint=2MiB --training 4"
                                            + " --clean 3 --attacks 1 --quanta 20 --patches 300")),
                    Map.entry(
                            "large-pages",
                            ShortRuns.of(
                                    "in-step-pays-most",
                                    "gups:footprint=64MiB,accesses=100k" + FEW,
                                    "sequential:footprint=64KiB,accesses=2k" + FEW)),
                    Map.entry(
                            "layout",
                            ShortRuns.of(
                                    "sets-are-hidden",
                                    "--machine opteron-2008 --memory 16MiB --granule 4K --layouts"
                                            + " 10 --attempts 2 --addresses 1 --accesses 5k",
                                    "--machine opteron-2008 --memory 16MiB --granule 2M --layouts 1"
                                            + " --attempts 2 --addresses 1 --accesses 5k")),
                    Map.entry(
                            "merging",
                            ShortRuns.of(
                                    "ksm-finds-most",
                                    "gups:footprint=64KiB,accesses=5k --image 1MiB --time 3"
                                            + " --guests 2",
                                    "gups:footprint=64KiB,accesses=5k --image 1MiB --time 0.1"
                                            + " --guests 2")),
                    Map.entry(
                            "migration",
                            ShortRuns.of(
                                    "wishes-can-be-kept",
                                    "zipf:footprint=4MiB,accesses=20k --memory 16MiB --map",
                                    "zipf:footprint=4MiB,accesses=20k --memory 16MiB --want"
                                            + " downtime<1us")),
                    Map.entry(
                            "numa",
                            ShortRuns.of(
                                    "remote-tables-cost-gups",
                                    "gups:footprint=1GiB,accesses=1M --node-memory 1536MiB"
                                            + " --machine SMALL",
                                    "gups:footprint=1GiB,accesses=1M --node-memory 1536MiB"
                                            + " --machine SMALL --remote 1 --loaded 1")),
                    Map.entry(
                            "permissions",
                            ShortRuns.of(
                                    "the-second-level-allows-fetches-alone", "", "--machine zen4")),
                    Map.entry(
                            "prefetch",
                            ShortRuns.of(
                                    "hints-waste-less",
                                    "--pages 100 --hostile 100 --pattern sequential",
                                    "--pages 100 --hostile 100 --pattern strided")),
                    Map.entry(
                            "restore",
                            ShortRuns.of(
                                    "recorded-set-is-three-times-as-fast",
                                    "gups:footprint=4MiB,accesses=20k --after 15k --memory 16MiB",
                                    "sequential:footprint=64KiB,accesses=200k --after 1k --memory"
                                            + " 16MiB")),
                    Map.entry(
                            "timing-channel",
                            ShortRuns.of(
                                    "delays-leave-secrets-to-averages",
                                    "gups:footprint=64MiB --accesses 2k",
                                    "gups:footprint=64MiB --accesses 2k --delay 1e6")),
                    Map.entry(
                            "transactions",
                            ShortRuns.of(
                                    "retries-are-wasted-on-dropped-exits",
                                    "gups:footprint=1MiB,accesses=5k",
                                    "gups:footprint=1MiB,accesses=5k --retries 0")),
                    Map.entry(
                            "watchpoints",
                            ShortRuns.of(
                                    "rotation-in-turn-misses",
                                    "--pages 64 --armed 8 --runs 20 --bad 4 --periods 50",
                                    "--pages 16 --armed 16 --runs 20 --bad 4 --periods 50")));

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
        arguments.forEach(word -> line.add(word.equals(SMALL) ? smallMachine : word));
        line.addAll(List.of(more));
        return run(WidthTest.LEAST, line.toArray(String[]::new));
    }

    private static String command(String name) {
        return Experiments.command(Experiments.find(name).orElseThrow().spec());
    }

    private static ShortRuns runs(String name) {
        assertThat(RUNS).as("short runs of " + name + ", to be added here").containsKey(name);
        return Objects.requireNonNull(RUNS.get(name));
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
            return HOLDING.computeIfAbsent(name, _ -> of(name, runs(name).holds()));
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
        Said again = Said.of(name, runs(name).holds());
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
        ShortRuns runs = runs(name);
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
