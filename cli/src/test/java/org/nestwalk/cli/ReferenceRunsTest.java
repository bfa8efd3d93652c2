package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.lab.setup.Setups;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Whatever makes the engine faster leaves every byte of its results as it was: the digests of
/// reference runs' JSON are kept in `reference-runs.txt`, one a line, before the run's arguments.
///
/// They are of blocking machines, without what has been added to results since the digests were
/// taken; that counts are the same with overlap is tested beside.
///
/// A change that is meant to change results replaces the digests that it changes, and says why.
class ReferenceRunsTest {
    private static final ObjectWriter WRITER = JsonMapper.shared().writerWithDefaultPrettyPrinter();

    // All that there were when the digests were taken.
    private static final String FORMER_SETUPS =
            Setups.all().stream()
                    .filter(name -> name.matches("(native|nested|shadow|flat):.*"))
                    .collect(Collectors.joining(","));

    /// A run and the SHA-256 of its JSON.
    record ReferenceRun(String digest, String arguments) {
        @Override
        public String toString() {
            return arguments;
        }
    }

    static List<ReferenceRun> runs() {
        try (InputStream in = ReferenceRunsTest.class.getResourceAsStream("reference-runs.txt")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .map(parts -> new ReferenceRun(parts[0], parts[1]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void jsonIsUnchanged(ReferenceRun reference) throws NoSuchAlgorithmException {
        JsonNode onlyRun = json(reference, "blocking");
        withoutAdditions(onlyRun);
        // The run alone, as it was before it stood in a list. Names of files depend on where the
        // project is.
        String run = WRITER.writeValueAsString(onlyRun) + "\n";
        String json = run.replace(Nestwalk.ROOT.toString(), "ROOT");
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(hash)).isEqualTo(reference.digest());
    }

    static List<ReferenceRun> someRuns() {
        List<ReferenceRun> all = runs();
        return IntStream.range(0, all.size()).filter(i -> i % 6 == 0).mapToObj(all::get).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("someRuns")
    void nothingButTimesDependsOnTheTimeModel(ReferenceRun reference) {
        JsonNode blocking = json(reference, "blocking");
        JsonNode overlap = json(reference, "overlap");
        long before = 0;
        long after = 0;
        for (JsonNode setup : blocking.get("setups")) {
            before += setup.get("cycles").asLong();
            assertThat(setup.get("cycles")).isEqualTo(setup.get("blockingCycles"));
        }
        for (JsonNode setup : overlap.get("setups")) {
            after += setup.get("cycles").asLong();
        }
        assertThat(after).isLessThanOrEqualTo(before);
        withoutTimes(blocking);
        withoutTimes(overlap);
        assertThat(overlap).isEqualTo(blocking);
    }

    private static void withoutTimes(JsonNode run) {
        ((ObjectNode) run.get("manifest")).remove("model");
        // What is said of them.
        ((ObjectNode) run).remove("claims");
        for (ObjectNode setup : setups(run)) {
            setup.remove(List.of("cycles", "exposedTranslationCycles", "translationShare"));
        }
    }

    private static void withoutAdditions(JsonNode run) {
        ((ObjectNode) run).remove(List.of("dependence", "claims"));
        for (ObjectNode setup : setups(run)) {
            setup.remove(List.of("blockingCycles", "exposedTranslationCycles"));
        }
        ArrayNode parameters = (ArrayNode) run.get("manifest").get("parameters");
        for (int i = parameters.size() - 1; i >= 0; i--) {
            String path = parameters.get(i).get("path").asString();
            if (path.equals("window") || path.equals("outstandingMisses")) {
                parameters.remove(i);
            }
        }
    }

    private static List<ObjectNode> setups(JsonNode run) {
        List<ObjectNode> setups = new ArrayList<>();
        run.get("setups").forEach(setup -> setups.add((ObjectNode) setup));
        if (run.has("intervals")) {
            run.get("intervals")
                    .forEach(interval ->
                            interval.get("setups")
                                    .forEach(setup -> setups.add((ObjectNode) setup)));
        }
        return setups;
    }

    private static JsonNode json(ReferenceRun reference, String timing) {
        List<String> line = new ArrayList<>(List.of("run", "--timing", timing, "--json", "-"));
        for (String argument : reference.arguments().split(" ", -1)) {
            line.add(
                    (argument.equals("all") ? FORMER_SETUPS : argument)
                            .replace("{lackey}", Nestwalk.LACKEY)
                            .replace("{drmemtrace}", Nestwalk.DRMEMTRACE)
                            .replace("{examples}", Nestwalk.ROOT + "/examples"));
        }
        Nestwalk.Result result = run(line.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isZero();
        return result.onlyRun();
    }
}
