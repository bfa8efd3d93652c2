package org.nestwalk.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The terminal that standard error may be. Java tells only of standard input and output.
final class Terminal {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final int USUAL_COLUMNS = 80;

    private Terminal() {}

    /// Whether standard error is a terminal that can go back to the start of a line and clear it.
    static boolean isStandardError() {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            return isDevice(Files.readSymbolicLink(STANDARD_ERROR).toString());
        } catch (IOException e) {
            return console().isPresent();
        }
    }

    /// The terminal that the user sits at, if standard input and output are one.
    static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }

    /// Whether Linux calls a terminal so.
    static boolean isDevice(String path) {
        return path.matches("/dev/(pts/\\d+|tty\\w*|console)");
    }

    /// How many columns it has; `COLUMNS`, where it is set, says so for it.
    static int columns() {
        String columns = System.getenv("COLUMNS");
        if (columns != null && columns.matches("[1-9]\\d{0,3}")) {
            return Integer.parseInt(columns);
        }
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(new File(STANDARD_ERROR.toString()))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (stty.waitFor(1, TimeUnit.SECONDS) && said.matches("\\d+ [1-9]\\d{0,3}\\s*")) {
                return Integer.parseInt(said.strip().replaceFirst(".* ", ""));
            }
        } catch (IOException e) {
            // No stty: the usual width.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return USUAL_COLUMNS;
    }
}
