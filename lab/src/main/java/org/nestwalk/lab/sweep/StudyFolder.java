package org.nestwalk.lab.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Release;
import org.nestwalk.document.json.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A study on disk: what was asked (`study.json`) and a file for each finished cell
/// (`cells/ID.json`, one line). A file appears whole, under its name, or not at all, so that a
/// process may be killed at any moment; and several may write to one folder.
public final class StudyFolder {
    private static final String STUDY = "study.json";
    private static final String CELLS = "cells";
    private static final String PART = ".part";

    private final Path folder;

    private StudyFolder(Path folder) {
        this.folder = folder;
    }

    /// The folder of a study, which is made if it is not there. If files that the study reads have
    /// changed, cells that read them are not finished any more.
    ///
    /// @throws InputException if it holds another study, or what another version has made of it
    public static StudyFolder open(Path path, Cells cells) {
        StudyFolder folder = new StudyFolder(path);
        String text = text(cells);
        try {
            Files.createDirectories(path);
            Path file = path.resolve(STUDY);
            if (Files.exists(file)) {
                folder.check(cells.study());
            }
            if (!Files.exists(file) || !Files.readString(file).equals(text)) {
                folder.write(file, text);
            }
            Files.createDirectories(path.resolve(CELLS));
        } catch (FileAlreadyExistsException e) {
            throw new InputException(path + " is a file; name a folder for the results", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    /// Fails if `path` can be no folder of a study: it names nothing, a file, or a folder in which
    /// there is something else.
    public static void check(Path path) {
        if (path.toString().isEmpty()) {
            throw new InputException("'' names no folder");
        }
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            throw new InputException(parent + " is no folder in which " + path + " could be made");
        }
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new InputException(path + " is a file; name a folder for the results");
        }
        if (Files.isDirectory(path) && !Files.exists(path.resolve(STUDY)) && !isEmpty(path)) {
            throw new InputException(
                    path + " holds other files, and no study; name another folder");
        }
    }

    private static boolean isEmpty(Path path) {
        try (Stream<Path> entries = Files.list(path)) {
            // A start that was killed, or found no room, may have left part of a file.
            return entries.allMatch(entry -> entry.toString().endsWith(PART));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A folder in which there is a study.
    ///
    /// @throws InputException if there is none
    public static StudyFolder of(Path path) {
        if (!Files.isRegularFile(path.resolve(STUDY))) {
            throw new InputException(
                    "%s holds no study: there is no %s in it, which nestwalk sweep writes"
                            .formatted(path, STUDY));
        }
        return new StudyFolder(path);
    }

    private static String text(Cells cells) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("format", "nestwalk-study");
        content.put("version", Release.VERSION);
        content.put("study", cells.study());
        content.put("inputs", cells.inputs());
        return Json.line(content) + "\n";
    }

    private void check(Study study) {
        JsonNode there = saved("use another folder");
        if (!SavedStudy.of(there, folder.resolve(STUDY)).equals(study)) {
            throw new InputException(
                    "%s holds another study, of %s with %s; use another folder"
                            .formatted(
                                    folder,
                                    there.path("study").path("experiment").asString("?"),
                                    axes(there)));
        }
    }

    private static String axes(JsonNode study) {
        StringBuilder axes = new StringBuilder();
        for (JsonNode axis : study.path("study").path("axes")) {
            axes.append(axes.isEmpty() ? "" : ", ").append(axis.path("name").asString("?"));
            axes.append(" (").append(axis.path("values").size()).append(')');
        }
        return axes.toString();
    }

    /// The cells of the study that it holds, as it was run: files that it read may have changed
    /// since, or be gone.
    ///
    /// @throws InputException if it is of another version, or damaged
    public Cells cells() {
        Path file = folder.resolve(STUDY);
        JsonNode there = saved("show them with that version");
        Study study = SavedStudy.of(there, file);
        // Earlier ones have no digests of their inputs, which then have to be as they were.
        return there.has("inputs")
                ? Cells.recorded(study, SavedStudy.inputs(there, file))
                : Cells.of(study, true);
    }

    private JsonNode saved(String otherwise) {
        Path file = folder.resolve(STUDY);
        JsonNode there = json(file);
        String version = there.path("version").asString("");
        if (version.isEmpty()) {
            throw damaged(file, null);
        }
        if (!version.equals(Release.VERSION)) {
            throw new InputException(
                    "%s holds results of Nestwalk %s, this is %s; %s"
                            .formatted(folder, version, Release.VERSION, otherwise));
        }
        return there;
    }

    /// Where it is.
    public Path path() {
        return folder;
    }

    private Path file(Cell cell) {
        return folder.resolve(CELLS).resolve(cell.id() + ".json");
    }

    /// Whether a cell is finished.
    public boolean isFinished(Cell cell) {
        return Files.isRegularFile(file(cell));
    }

    /// What came of a cell; null if it is not finished.
    ///
    /// @throws InputException if the file is damaged
    public @Nullable JsonNode result(Cell cell) {
        if (!isFinished(cell)) {
            return null;
        }
        JsonNode line = json(file(cell));
        if (!line.path("id").asString("").equals(cell.id()) || !line.has("result")) {
            throw damaged(file(cell), null);
        }
        return line.get("result");
    }

    /// Keeps what came of a cell: the line of its file.
    void keep(Cell cell, String line) {
        write(file(cell), line);
    }

    /// Writes a file beside the cells.
    public void write(String name, String text) {
        write(folder.resolve(name), text);
    }

    /// Writes a file of lines beside the cells, which need not fit into memory together.
    public void write(String name, Stream<String> lines) {
        write(folder.resolve(name), lines);
    }

    private void write(Path file, String text) {
        write(file, Stream.of(text));
    }

    private void write(Path file, Stream<String> texts) {
        try {
            // Not a temporary file, which others, with whom results are shared, could not read.
            Path part = folder.resolve("." + UUID.randomUUID() + PART);
            try {
                try (Writer to = Files.newBufferedWriter(part, StandardOpenOption.CREATE_NEW)) {
                    for (Iterator<String> text = texts.iterator(); text.hasNext(); ) {
                        to.write(text.next());
                    }
                }
                Files.move(
                        part,
                        file,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new InputException(
                    "%s cannot be written (%s); what is finished is kept"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static JsonNode json(Path file) {
        try {
            return CellResult.read(Files.readString(file));
        } catch (JacksonException e) {
            throw damaged(file, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputException damaged(Path file, @Nullable Exception cause) {
        String problem = file + " is damaged; remove it, and run the study again";
        return cause == null ? new InputException(problem) : new InputException(problem, cause);
    }

    /// Keeps others from working at the same part of the study until it is closed, or the process
    /// is gone.
    ///
    /// @throws InputException if another process does
    AutoCloseable lock(Shard shard) {
        Path file = folder.resolve(".shard-" + shard.index() + "-of-" + shard.count());
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                // Another thread of this process has it.
            }
            if (lock == null) {
                channel.close();
                throw new InputException(
                        "another process runs %s of the study in %s"
                                .formatted(shard.isAll() ? "all" : "shard " + shard, folder));
            }
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
