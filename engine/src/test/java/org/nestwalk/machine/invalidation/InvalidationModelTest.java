package org.nestwalk.machine.invalidation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The protocol as a model, searched exhaustively by Spin where that and a C compiler are there.
class InvalidationModelTest {
    private static final Path MODEL =
            Path.of(System.getProperty("nestwalk.root", ".."), "designs/invalidation.pml");
    private static final Pattern ERRORS = Pattern.compile("errors: (\\d+)");
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");

    @TempDir Path folder;

    private String output(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private static boolean exists(String tool) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, tool)));
    }

    /// Errors that Spin finds in the model.
    ///
    /// @param accesses that each CPU makes
    private int errors(boolean ending, int accesses, String defined)
            throws IOException, InterruptedException {
        assumeTrue(LONG || !ending, "whether retries end takes minutes: nestwalk.long");
        assumeTrue(exists("spin") && exists("cc"), "this host has no spin, or no C compiler");
        Files.copy(MODEL, folder.resolve("model.pml"));
        assertThat(output("spin", "-a", "-DACCESSES=" + accesses, "-D" + defined, "model.pml"))
                .doesNotContain("Error");
        String compiled =
                ending
                        ? output("cc", "-w", "-O2", "-DNP", "-DNFAIR=3", "-o", "pan", "pan.c")
                        // What is searched for seconds only takes longer to compile well.
                        : output(
                                "cc", "-w", LONG ? "-O2" : "-O1", "-DSAFETY", "-o", "pan", "pan.c");
        assertThat(compiled).doesNotContain("error");
        String searched =
                ending ? output("./pan", "-m100000", "-l", "-f") : output("./pan", "-m100000");
        assertThat(searched).doesNotContain("max search depth too small");
        Matcher matcher = ERRORS.matcher(searched);
        assertThat(matcher.find()).as(searched).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void nothingFreedIsUsedAndNothingStaleAfterAnInvalidation()
            throws IOException, InterruptedException {
        assertThat(errors(false, LONG ? 2 : 1, "ALL")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NO_SEQUENCE",
                "NO_RANGE",
                "NO_IN_PROGRESS",
                "NO_BARRIER",
                "FREE_BEFORE_FLUSH",
                "FREE_AT_ONCE"
            })
    void withoutAnElementSomethingFreedIsUsed(String element)
            throws IOException, InterruptedException {
        assertThat(errors(false, 2, element)).isPositive();
    }

    @Test
    void everyRetryEnds() throws IOException, InterruptedException {
        assertThat(errors(true, 1, "ALL")).isZero();
    }

    @Test
    void aRetryDoesNotEndIfAnInvalidationDoesNot() throws IOException, InterruptedException {
        assertThat(errors(true, 1, "NEVER_ENDS")).isPositive();
    }
}
