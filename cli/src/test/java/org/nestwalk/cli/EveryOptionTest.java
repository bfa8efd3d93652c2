package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// Every option of every command, by the parser's own list of them, refuses what it cannot use:
/// status 2, one message of a few words that names the option, and nothing of Java's.
@Timeout(60)
class EveryOptionTest {
    /// What a command needs beside the option. None of it may run: bad values are found first.
    private static final String STUDY = folder() + "/study";

    private static final Map<String, String> NEEDED =
            Map.ofEntries(
                    Map.entry("conform", "cases.jsonl"),
                    Map.entry("curve", Nestwalk.LACKEY),
                    Map.entry("diff", STUDY + " " + STUDY),
                    Map.entry("sweep gather", "no-such-folder"),
                    Map.entry("sweep show", STUDY),
                    Map.entry("sweep slurm", "study.yaml --shards=2 --into=results"),
                    Map.entry("lab fidelity", "--source bhargava --accesses 1k"),
                    Map.entry("lab migration", "gups:footprint=4MiB,accesses=2k"),
                    Map.entry("lab move", "gups:footprint=4MiB,accesses=2k"),
                    Map.entry("lab numa", "--tenant stream:footprint=64MiB"),
                    Map.entry("record", "-- no-such-program"),
                    Map.entry("report", "no-such-file.json"),
                    Map.entry("run", Nestwalk.LACKEY),
                    Map.entry("trace convert", Nestwalk.LACKEY + " out.nwt"),
                    Map.entry("trace head", Nestwalk.LACKEY),
                    Map.entry("trace info", Nestwalk.LACKEY),
                    Map.entry("vm run", "gups:footprint=4MiB,accesses=2k"),
                    Map.entry(
                            "vm snapshot",
                            "--output=target/out.nws gups:footprint=4MiB,accesses=2k"),
                    Map.entry("vm migrate", "--to=127.0.0.1:1 gups:footprint=4MiB,accesses=2k"),
                    Map.entry("vm receive", "--listen=192.0.2.1:4444"),
                    Map.entry("vm restore", "no-such-file.nws"),
                    Map.entry("vm inspect", "no-such-file.nws"),
                    Map.entry("walk", "0x1000"),
                    Map.entry("lab timing-channel", "--on host"));

    private static final CommandLine COMMANDS = Main.commandLine();

    private static final List<String> NUMBERS =
            List.of(
                    "abc",
                    "-99999999999999999999",
                    "99999999999999999999",
                    "NaN",
                    "1e999",
                    "0x",
                    "٣x",
                    "");

    private static final List<String> TEXTS = List.of("abc", "", "no/where", ":", "=", "\u00e4");

    private static final Pattern MENTIONED = Pattern.compile("(?<![\\w=-])(--?[a-z][a-z-]*)");

    record Case(String command, String option, String value) {
        List<String> line() {
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            words.add(option.startsWith("--") ? option + "=" + value : option);
            if (!option.startsWith("--")) {
                words.add(value);
            }
            String needed = NEEDED.getOrDefault(command, "");
            if (!needed.isEmpty() && !needed.startsWith(option + " ")) {
                words.addAll(List.of(needed.split(" ")));
                words.removeIf(word ->
                        !words.getFirst().equals(word)
                                && word.startsWith(option + "=")
                                && !word.equals(option + "=" + value));
            }
            return words;
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        collect(COMMANDS, "", cases);
        return cases.stream();
    }

    private static void collect(CommandLine line, String path, List<Case> cases) {
        line.getSubcommands()
                .forEach((name, command) -> {
                    if (command.getSubcommands().isEmpty()) {
                        for (OptionSpec option : command.getCommandSpec().options()) {
                            if (option.arity().max() > 0) {
                                values(option)
                                        .forEach(value ->
                                                cases.add(
                                                        new Case(
                                                                path + name,
                                                                option.longestName(),
                                                                value)));
                            }
                        }
                    } else {
                        collect(command, path + name + " ", cases);
                    }
                });
    }

    private static List<String> values(OptionSpec option) {
        Class<?> type = option.type();
        if (type == Path.class) {
            return List.of("/no/where/out", "/", "");
        }
        return Number.class.isAssignableFrom(type) || type.isPrimitive() ? NUMBERS : TEXTS;
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("options");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeAll
    static void makeStudy() {
        assertThat(
                        Nestwalk.run("sweep", "gups:footprint=64KiB,accesses=1k", "--into", STUDY)
                                .status())
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void badValuesAreRefusedInOneMessage(Case bad) {
        Nestwalk.Result result = Nestwalk.run(bad.line().toArray(String[]::new));
        assertThat(result.status()).as(result.out() + result.err()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("nestwalk: ")
                .doesNotContain(
                        "Exception",
                        "java.",
                        "\tat ",
                        "null",
                        "For input string",
                        "not an int",
                        "not a long",
                        "not a double",
                        "REDACTED");
        assertThat(result.err())
                .satisfiesAnyOf(
                        err -> assertThat(err).contains(bad.option()),
                        err -> assertThat(err).contains("'" + bad.value() + "'"),
                        err -> assertThat(err).contains("unknown program"));
        assertThat(result.err().lines()).hasSizeLessThanOrEqualTo(3);
        assertThat(result.err().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThan(400));
        Set<String> options = optionsOf(bad.command());
        assertThat(MENTIONED.matcher(result.err()).results().map(m -> m.group(1)))
                .as("only options that the command has are mentioned")
                .allMatch(options::contains);
    }

    private static Set<String> optionsOf(String command) {
        CommandLine line = COMMANDS;
        for (String name : command.split(" ", -1)) {
            line = Objects.requireNonNull(line.getSubcommands().get(name));
        }
        return line.getCommandSpec().optionsMap().keySet();
    }
}
