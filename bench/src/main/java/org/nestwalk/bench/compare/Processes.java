package org.nestwalk.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nestwalk.bench.compare.measured.Values;

/// Starts the processes that measure, one at a time.
final class Processes {
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    /// How a process ended, and what it printed.
    record Outcome(int status, String output, String errors) {}

    private final Path root;

    /// Processes whose working directory is `root`.
    Processes(Path root) {
        this.root = root;
    }

    /// The project's directory.
    Path root() {
        return root;
    }

    /// What a virtual machine of its own prints that runs `main`, with the launcher's options.
    Values java(Class<?> main, String... args) {
        return Values.parse(succeeding(javaCommand(main, args)));
    }

    /// What `command` prints; it is a defect if it fails.
    String succeeding(List<String> command) {
        Outcome outcome = run(command, Map.of());
        if (outcome.status() != 0) {
            throw new IllegalStateException(
                    String.join(" ", command)
                            + " ended with "
                            + outcome.status()
                            + ":\n"
                            + outcome.errors());
        }
        return outcome.output();
    }

    /// Runs `command` to its end.
    Outcome run(List<String> command, Map<String, String> environment) {
        try {
            Path errors = Files.createTempFile("nestwalk-compare", ".err");
            try {
                ProcessBuilder builder = builder(command).redirectError(errors.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                String output =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return new Outcome(process.waitFor(), output, Files.readString(errors));
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// A process in the project's directory, not yet started.
    ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(root.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return builder;
    }

    private static List<String> javaCommand(Class<?> main, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // As ./nestwalk does.
        command.add("-XX:+UseSerialGC");
        command.add("-XX:MaxRAMPercentage=70");
        command.add("--enable-native-access=ALL-UNNAMED");
        if (hugePages().matches(".*\\[(always|madvise)].*")) {
            command.add("-XX:+UseTransparentHugePages");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        return command;
    }

    /// When the kernel gives transparent huge pages, in its own words.
    static String hugePages() {
        try {
            return Files.readString(HUGE_PAGES).strip();
        } catch (IOException e) {
            return "not known";
        }
    }
}
