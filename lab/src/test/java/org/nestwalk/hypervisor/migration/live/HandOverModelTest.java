package org.nestwalk.hypervisor.migration.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The hand-over as a model, searched exhaustively by Spin where that and a C compiler are there.
class HandOverModelTest {
    private static final Path MODEL =
            Path.of(System.getProperty("nestwalk.root", ".."), "designs/hand-over.pml");
    private static final Pattern ERRORS = Pattern.compile("errors: (\\d+)");

    @TempDir Path folder;

    private String output(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private static boolean exists(String tool) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, tool)));
    }

    /// Errors that Spin finds in the model.
    ///
    /// @param alive whether something must happen in the end, and not only nothing wrong
    private int errors(boolean alive, String... defined) throws IOException, InterruptedException {
        assumeTrue(exists("spin") && exists("cc"), "this host has no spin, or no C compiler");
        Files.copy(MODEL, folder.resolve("model.pml"));
        List<String> command = new ArrayList<>(List.of("spin", "-a"));
        if (alive) {
            command.addAll(List.of("-DCRASHES=0", "-DLIVENESS"));
        }
        Arrays.stream(defined).map(name -> "-D" + name).forEach(command::add);
        command.add("model.pml");
        assertThat(output(command.toArray(String[]::new))).doesNotContain("Error");
        String compiled =
                alive
                        ? output("cc", "-o", "pan", "pan.c")
                        : output("cc", "-DSAFETY", "-o", "pan", "pan.c");
        assertThat(compiled).doesNotContain("error");
        String searched = alive ? output("./pan", "-a") : output("./pan");
        assertThat(searched).doesNotContain("max search depth too small");
        Matcher matcher = ERRORS.matcher(searched);
        assertThat(matcher.find()).as(searched).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void thereAreNeverTwoOwnersWhateverBreaks() throws IOException, InterruptedException {
        assertThat(errors(false, "CUTS=5", "CRASHES=3")).isZero();
    }

    @Test
    void withoutCrashesExactlyOneSideRunsTheGuestInTheEnd()
            throws IOException, InterruptedException {
        assertThat(errors(true, "CUTS=5")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"KEPT_AFTER_GO", "RUNS_WHEN_READY", "DENIES"})
    void eachFaultThatIsPlantedHasTwoOwners(String fault) throws IOException, InterruptedException {
        assertThat(errors(false, fault)).isPositive();
    }

    @Test
    void aSourceThatNeverAsksLeavesNobodyToRunTheGuest() throws IOException, InterruptedException {
        assertThat(errors(true, "NEVER_ASKS")).isPositive();
    }

    @Test
    void statesAndMessagesHaveTheNamesOfTheModel() throws IOException {
        String model = Files.readString(MODEL);
        assertThat(names(model, "mtype:target")).isEqualTo(names(TargetState.values()));
        List<String> source = names(SourceState.values());
        // Post-copy is left out, and a source that has crashed is no side.
        source.remove("SERVING");
        source.add("NOTHING");
        assertThat(names(model, "mtype:source")).isEqualTo(source);
        List<String> messages =
                Arrays.stream(Message.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList();
        assertThat(messages).containsAll(names(model, "mtype"));
    }

    private static List<String> names(Enum<?>[] values) {
        return new ArrayList<>(Arrays.stream(values).map(Enum::name).toList());
    }

    private static List<String> names(String model, String type) {
        Matcher matcher = Pattern.compile(type + " = \\{ ([^}]*) \\}").matcher(model);
        assertThat(matcher.find()).isTrue();
        return List.of(matcher.group(1).split(", "));
    }
}
