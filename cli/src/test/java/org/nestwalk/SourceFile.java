package org.nestwalk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A Java source file, taken apart into code, comments and literals as far as the rules of the
/// house ask.
///
/// @param path below the root of the project
/// @param text as it stands
/// @param code without comments; literals are empty
/// @param strings the literals' contents
record SourceFile(String path, String text, String code, List<String> strings) {
    // In this order: whatever begins first is what the rest belongs to.
    private static final Pattern NOT_CODE =
            Pattern.compile(
                    "(?<block>\"\"\".*?\"\"\")"
                            + "|\"(?<string>(?:[^\"\\\\\n]|\\\\.)*)\""
                            + "|'(?:[^'\\\\\n]|\\\\.)+'"
                            + "|//[^\n]*"
                            + "|/\\*.*?\\*/",
                    Pattern.DOTALL);

    /// All files of all modules, tests too.
    static List<SourceFile> all(Path root) {
        try (Stream<Path> modules = Files.list(root)) {
            return modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .flatMap(SourceFile::below)
                    .map(file -> read(root, file))
                    .sorted((a, b) -> a.path().compareTo(b.path()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> below(Path sources) {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SourceFile read(Path root, Path file) {
        try {
            return of(root.relativize(file).toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SourceFile of(String path, String text) {
        List<String> strings = new ArrayList<>();
        String code =
                NOT_CODE.matcher(text)
                        .replaceAll(found -> {
                            String whole = found.group();
                            if (found.group("block") != null) {
                                strings.add(whole);
                            } else if (found.group("string") != null) {
                                strings.add(found.group("string"));
                            }
                            return whole.startsWith("/") ? "" : "\"\"";
                        });
        return new SourceFile(path, text, code, List.copyOf(strings));
    }

    boolean isMain() {
        return path.contains("/src/main/");
    }

    /// The module's folder.
    String module() {
        return path.substring(0, path.indexOf('/'));
    }

    /// The code without its package and imports.
    String body() {
        return code.replaceAll("(?m)^(package|import) [^;]*;", "");
    }
}
