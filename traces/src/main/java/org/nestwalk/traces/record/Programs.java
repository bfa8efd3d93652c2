package org.nestwalk.traces.record;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// Finds programs as a shell does: by path, or by name in the directories of `PATH`.
final class Programs {
    private static final int MAX_INTERPRETERS = 4;
    private static final int MAX_SCRIPT_LINE = 256;
    private static final int ELF_HEADER = 20;
    private static final int ELF_CLASS_64 = 2;
    private static final int ELF_X86_64 = 62;

    private Programs() {}

    /// The executable called `name`, or null.
    static @Nullable Path find(String name) {
        if (name.indexOf('/') >= 0) {
            return executable(Path.of(name));
        }
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        for (String directory : path.split(File.pathSeparator, -1)) {
            Path found = executable(Path.of(directory.isEmpty() ? "." : directory, name));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable Path executable(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path) ? path : null;
    }

    /// The command with its program's path in front, and before a script its interpreter; an input
    /// exception if there is no such program.
    static List<String> resolve(List<String> command) {
        List<String> resolved = new ArrayList<>(command);
        Path program = find(command.getFirst());
        if (program == null) {
            throw new InputException(
                    "no program '"
                            + command.getFirst()
                            + "' can be executed; give a path, or a"
                            + " name in PATH");
        }
        resolved.set(0, program.toString());
        for (int i = 0; i < MAX_INTERPRETERS; i++) {
            String line = interpreterLine(Path.of(resolved.getFirst()));
            if (line == null) {
                break;
            }
            String[] words = line.trim().split("\\s+", 2);
            if (words.length > 1) {
                resolved.add(0, words[1]);
            }
            resolved.add(0, words[0]);
        }
        return resolved;
    }

    private static @Nullable String interpreterLine(Path program) {
        byte[] start = start(program, MAX_SCRIPT_LINE);
        if (start.length < 3 || start[0] != '#' || start[1] != '!') {
            return null;
        }
        String text = new String(start, 2, start.length - 2, StandardCharsets.UTF_8);
        return text.lines().findFirst().orElse("");
    }

    /// Whether the file is a 64-bit x86 program.
    static boolean isX8664(Path program) {
        byte[] start = start(program, ELF_HEADER);
        return start.length == ELF_HEADER
                && start[0] == 0x7F
                && start[1] == 'E'
                && start[2] == 'L'
                && start[3] == 'F'
                && start[4] == ELF_CLASS_64
                && start[18] == ELF_X86_64
                && start[19] == 0;
    }

    private static byte[] start(Path program, int length) {
        try (InputStream file = Files.newInputStream(program)) {
            return file.readNBytes(length);
        } catch (IOException e) {
            throw new InputException(program + ": the program cannot be read (" + e + ")", e);
        }
    }
}
