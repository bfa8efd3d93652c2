package org.nestwalk.lab.sweep;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.parameter.Arguments;

/// Digests of the files that arguments name, each read once; or those that a study has recorded.
final class Inputs {
    private static final int BUFFER = 1 << 16;

    private final Map<String, Optional<String>> digests = new HashMap<>();
    private final Function<String, Optional<String>> source;

    /// Of files as they are now.
    Inputs() {
        source = Inputs::digest;
    }

    /// Of files as they were: no other is looked for.
    Inputs(Map<String, String> recorded) {
        recorded.forEach((file, digest) -> digests.put(file, Optional.of(digest)));
        source = _ -> Optional.empty();
    }

    /// Whether `name` is a file, or was one when it was recorded.
    boolean has(String name) {
        return digests.computeIfAbsent(name, source).isPresent();
    }

    /// All digests that have been asked for, by the names of the files.
    SortedMap<String, String> all() {
        SortedMap<String, String> all = new TreeMap<>();
        digests.forEach((file, digest) -> digest.ifPresent(known -> all.put(file, known)));
        return all;
    }

    /// The digests of all files that `arguments` name, by their names: traces, machines, logs.
    ///
    /// @throws UncheckedIOException if one cannot be read
    SortedMap<String, String> of(Arguments arguments) {
        SortedMap<String, String> found = new TreeMap<>();
        arguments
                .values()
                .forEach((name, values) -> {
                    for (String value : values) {
                        String file =
                                name.equals(Experiment.MACHINE)
                                        ? value.replaceFirst(":.*", "")
                                        : value;
                        digests.computeIfAbsent(file, source)
                                .ifPresent(digest -> found.put(file, digest));
                    }
                });
        return found;
    }

    /// Fails if `arguments` name a file by a path that begins where this process is.
    void requireAbsolute(Arguments arguments) {
        for (String file : of(arguments).keySet()) {
            if (!Path.of(file).isAbsolute()) {
                throw new InputException(
                        "%s: other hosts look for it elsewhere; name it by its whole path, such as %s"
                                .formatted(file, Path.of(file).toAbsolutePath().normalize()));
            }
        }
    }

    private static Optional<String> digest(String name) {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
        if (name.isEmpty() || !Files.exists(path)) {
            return Optional.empty();
        }
        MessageDigest sha = sha256();
        try {
            if (Files.isDirectory(path)) {
                for (Path file : files(path)) {
                    sha.update(path.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                    add(file, sha);
                }
            } else if (Files.isRegularFile(path)) {
                add(path, sha);
            } else {
                return Optional.empty();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(HexFormat.of().formatHex(sha.digest()));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void add(Path file, MessageDigest sha) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                sha.update(buffer, 0, count);
            }
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
