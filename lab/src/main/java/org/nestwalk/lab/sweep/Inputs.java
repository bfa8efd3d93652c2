package org.nestwalk.lab.sweep;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nestwalk.InputException;
import org.nestwalk.guest.program.Programs;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.parameter.Arguments;

/// Digests of the files that arguments name, each read once, and of the code that the class path
/// adds, on which every result may depend; or those that a study has recorded.
final class Inputs {
    private static final int BUFFER = 1 << 16;

    /// Begins the names of classes among the names of files.
    private static final String CLASS = "class ";

    private final Map<String, Optional<String>> digests = new HashMap<>();
    private final SortedMap<String, String> code = new TreeMap<>();
    private final Function<String, Optional<String>> source;

    /// Of files and code as they are now.
    Inputs() {
        this(added());
    }

    /// Of files as they are now, and of what these classes are from.
    Inputs(List<Class<?>> added) {
        source = Inputs::digest;
        added.forEach(one -> code.put(CLASS + one.getName(), codeOf(one)));
    }

    /// Of files and code as they were: no other is looked for.
    ///
    /// @throws InputException if there is a class, without which arguments mean nothing, no more
    Inputs(Map<String, String> recorded) {
        this(recorded, added());
    }

    /// The same where the class path adds these.
    Inputs(Map<String, String> recorded, List<Class<?>> added) {
        source = _ -> Optional.empty();
        Set<String> there = added.stream().map(Class::getName).collect(Collectors.toSet());
        recorded.forEach((name, digest) -> {
            if (name.startsWith(CLASS)) {
                requireCode(name.substring(CLASS.length()), there);
                code.put(name, digest);
            } else {
                digests.put(name, Optional.of(digest));
            }
        });
    }

    private static List<Class<?>> added() {
        return Stream.concat(Setups.added().stream(), Programs.added().stream())
                .<Class<?>>map(Object::getClass)
                .toList();
    }

    private static void requireCode(String name, Set<String> there) {
        if (!there.contains(name)) {
            throw new InputException(
                    "the study was run with %s on the class path; name its jar in NESTWALK_CLASSPATH"
                            .formatted(name));
        }
    }

    /// Whether `name` is a file, or was one when it was recorded.
    boolean has(String name) {
        return digests.computeIfAbsent(name, source).isPresent();
    }

    /// All digests that have been asked for, by the names of the files, and those of code.
    SortedMap<String, String> all() {
        SortedMap<String, String> all = new TreeMap<>(code);
        digests.forEach((file, digest) -> digest.ifPresent(known -> all.put(file, known)));
        return all;
    }

    /// The digests of all that a result with `arguments` depends on: of files, by their names, and
    /// of code.
    ///
    /// @throws UncheckedIOException if a file cannot be read
    SortedMap<String, String> of(Arguments arguments) {
        SortedMap<String, String> all = ofFiles(arguments);
        all.putAll(code);
        return all;
    }

    /// The digests of all files that `arguments` name: traces, machines, logs.
    private SortedMap<String, String> ofFiles(Arguments arguments) {
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
        for (String file : ofFiles(arguments).keySet()) {
            if (!Path.of(file).isAbsolute()) {
                throw new InputException(
                        "%s: other hosts look for it elsewhere; name it by its whole path, such as %s"
                                .formatted(file, Path.of(file).toAbsolutePath().normalize()));
            }
        }
    }

    /// The digest of the jar or folder that a class is from.
    private static String codeOf(Class<?> added) {
        CodeSource from = added.getProtectionDomain().getCodeSource();
        String file =
                from == null ? "" : Path.of(URI.create(from.getLocation().toString())).toString();
        return digest(file)
                .orElseThrow(() ->
                        new InputException(
                                added.getName()
                                        + ", which the class path adds, is in no file or folder"));
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
