package org.nestwalk.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A folder of results: reports, each with its result in it, beside the same as CSV; and results as
/// JSON that something else has written there. Pages know them by numbers made of their names, and
/// have no way to say a path.
final class Results {
    private static final int MOST_LISTED = 1_000;
    private static final int HEAD = 4_096;
    private static final long MOST_BYTES = 64L << 20;
    private static final int ID_BYTES = 8;
    private static final Pattern TITLE = Pattern.compile("<title>([^<]*)</title>");
    private static final Pattern FORMAT =
            Pattern.compile("\"format\"\\s*:\\s*\"(nestwalk-[a-z-]+)");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Path folder;
    private final Map<Path, Known> known = new HashMap<>();

    private record Known(FileTime changed, @Nullable String title) {}

    /// A result.
    ///
    /// @param id what pages call it
    /// @param name the file's
    /// @param title what was run, as it says itself
    /// @param time when it was written, in milliseconds since 1970
    /// @param bytes of the file
    record Entry(String id, String name, String title, long time, long bytes) {}

    Results(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /// Keeps a report and the same as CSV, under a name that no file has.
    ///
    /// @param name how that begins
    /// @return what pages call it
    synchronized String keep(String name, String report, String csv) throws IOException {
        String time = TIME.format(Instant.now());
        for (int number = 1; ; number++) {
            String stem = "%s-%s%s".formatted(name, time, number == 1 ? "" : "-" + number);
            Path file = folder.resolve(stem + ".html");
            if (!Files.exists(file) && !Files.exists(csvOf(file))) {
                write(csvOf(file), csv);
                write(file, report);
                return id(file);
            }
        }
    }

    /// Whoever lists the folder meanwhile finds the whole file or none.
    private static void write(Path file, String text) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /// All results, the latest first, and of very many only the latest.
    synchronized List<Entry> list() {
        List<Entry> entries = new ArrayList<>();
        for (Path file : files()) {
            try {
                FileTime changed = Files.getLastModifiedTime(file);
                Known one = known.get(file);
                if (one == null || !one.changed().equals(changed)) {
                    one = new Known(changed, title(file));
                    known.put(file, one);
                }
                if (one.title() != null) {
                    entries.add(
                            new Entry(
                                    id(file),
                                    String.valueOf(file.getFileName()),
                                    one.title(),
                                    changed.toMillis(),
                                    Files.size(file)));
                }
            } catch (IOException e) {
                // Gone or locked meanwhile: not a result now.
                known.remove(file);
            }
        }
        entries.sort(Comparator.comparingLong(Entry::time).reversed().thenComparing(Entry::name));
        return entries.subList(0, Math.min(MOST_LISTED, entries.size()));
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all =
                    files.filter(file -> String.valueOf(file).matches(".*\\.(html|json)"))
                            .filter(file -> !Files.isSymbolicLink(file))
                            .filter(Files::isRegularFile)
                            .toList();
            known.keySet().retainAll(all);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What a file says that it is; null if it is no result of Nestwalk's.
    private static @Nullable String title(Path file) throws IOException {
        byte[] head;
        try (var in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD);
        }
        String text = new String(head, StandardCharsets.UTF_8);
        boolean page = isPage(file);
        Matcher found = (page ? TITLE : FORMAT).matcher(text);
        if (page && !text.contains("name=\"generator\" content=\"Nestwalk")) {
            return null;
        }
        return found.find() ? plain(found.group(1)) : null;
    }

    private static String plain(String html) {
        return html.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
    }

    /// The file of a result.
    ///
    /// @throws Refusal with status 404 if there is none
    Path find(String id) {
        return files().stream()
                .filter(file -> id(file).equals(id))
                .findFirst()
                .orElseThrow(() -> new Refusal(404, "there is no such result; it may be gone"));
    }

    /// Its text.
    ///
    /// @throws Refusal if it is too large for a page
    static String text(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new Refusal(413, "%s is too large for a page".formatted(file.getFileName()));
        }
        // Of files of others it may be no UTF-8: what is none of it is shown as such.
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /// Whether it is a report, and not JSON.
    static boolean isPage(Path file) {
        return file.toString().endsWith(".html");
    }

    /// The name of a result without its ending.
    static String stem(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("\\.[a-z]+$", "");
    }

    /// The same as CSV, if there is that.
    static Optional<Path> csv(Path file) {
        return Optional.of(csvOf(file)).filter(Files::isRegularFile);
    }

    private static Path csvOf(Path file) {
        return file.resolveSibling(stem(file) + ".csv");
    }

    private static String id(Path file) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(
                                    String.valueOf(file.getFileName())
                                            .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
