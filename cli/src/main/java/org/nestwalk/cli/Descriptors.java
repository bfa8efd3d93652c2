package org.nestwalk.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The descriptors of this process, by which /dev/stdout, /dev/fd/N and /proc/self/fd/N name files.
///
/// One that was closed when the process started is by now what was opened next: mostly a file of
/// the JDK's own, which writing by such a name would destroy.
///
/// @param links a folder with a link for each descriptor
/// @param flags a folder with a file for each that tells its flags; see proc_pid_fdinfo(5)
record Descriptors(Path links, Path flags) {
    /// Those of this process.
    static final Descriptors OWN =
            new Descriptors(Path.of("/proc/self/fd"), Path.of("/proc/self/fdinfo"));

    /// The descriptor that is standard output.
    static final int STANDARD_OUTPUT = 1;

    private static final int MOST_LINKS = 40;
    private static final Pattern FLAGS = Pattern.compile("flags:\\s*([0-7]{1,20})");
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    /// The number of the descriptor that `path` names, also through symbolic links.
    Optional<Integer> named(Path path) {
        Path name = path.toAbsolutePath();
        for (int i = 0; i < MOST_LINKS; i++) {
            Path folder = name.getParent();
            if (folder == null) {
                return Optional.empty();
            }
            try {
                String last = name.getFileName().toString();
                if (last.matches("\\d{1,9}") && folder.toRealPath().equals(links.toRealPath())) {
                    return Optional.of(Integer.valueOf(last));
                }
                if (!Files.isSymbolicLink(name)) {
                    return Optional.empty();
                }
                name = folder.resolve(Files.readSymbolicLink(name));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /// Why `path` must not be written to, if it must not.
    Optional<String> objection(Path path) {
        Optional<String> bad = named(path).flatMap(this::objection);
        return bad.isPresent() || !isOwnFile(path)
                ? bad
                : Optional.of("Nestwalk itself runs from this file");
    }

    private Optional<String> objection(int descriptor) {
        if (!Files.exists(links.resolve(String.valueOf(descriptor)))) {
            return Optional.of("descriptor " + descriptor + " is not open");
        }
        try {
            Matcher found =
                    FLAGS.matcher(Files.readString(flags.resolve(String.valueOf(descriptor))));
            // O_RDONLY is 0, of the two bits that say what it is open for.
            if (found.find() && (Long.parseLong(found.group(1), 8) & 3) == 0) {
                return Optional.of(
                        "descriptor "
                                + descriptor
                                + " was closed when Nestwalk started, or is open for reading only");
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /// Whether it is of the JDK that runs this, or mapped into this process.
    private static boolean isOwnFile(Path path) {
        try {
            Path file = path.toRealPath();
            if (!Files.isRegularFile(file)) {
                return false;
            }
            if (file.startsWith(Path.of(System.getProperty("java.home")).toRealPath())) {
                return true;
            }
            try (Stream<String> mappings = Files.lines(MAPPINGS)) {
                return mappings.anyMatch(mapping -> mapping.endsWith(" " + file));
            }
        } catch (IOException e) {
            return false;
        }
    }
}
