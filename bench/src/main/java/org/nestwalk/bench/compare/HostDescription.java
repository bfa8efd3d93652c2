package org.nestwalk.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/// What a reader of the numbers must know about where they were measured.
final class HostDescription {
    private HostDescription() {}

    /// A few lines.
    static String text(Processes processes) {
        return """
        host      %s, %d processors; kernel %s; transparent huge pages: %s
        java      %s %s
        compiler  %s
        measured  %s, revision %s
        """
                .formatted(
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.version"),
                        Processes.hugePages(),
                        System.getProperty("java.vm.name"),
                        Runtime.version(),
                        firstLine(processes, "none", "g++", "--version"),
                        LocalDate.now(ZoneOffset.UTC),
                        revision(processes));
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static String revision(Processes processes) {
        String revision =
                firstLine(processes, "not known", "git", "rev-parse", "--short=12", "HEAD");
        String changed = firstLine(processes, "", "git", "status", "--porcelain", "-uno");
        return changed.isEmpty() ? revision : revision + " with changes";
    }

    private static String firstLine(Processes processes, String otherwise, String... command) {
        try {
            Processes.Outcome outcome = processes.run(List.of(command), Map.of());
            return outcome.status() == 0
                    ? outcome.output().lines().findFirst().orElse("")
                    : otherwise;
        } catch (UncheckedIOException e) {
            // There is no such program.
            return otherwise;
        }
    }
}
