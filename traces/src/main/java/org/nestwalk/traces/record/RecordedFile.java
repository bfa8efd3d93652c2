package org.nestwalk.traces.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nestwalk.traces.nwt.NwtHeader;
import org.nestwalk.traces.nwt.NwtWriter;

/// The trace of a recording, which begins anew when the process executes another program.
final class RecordedFile implements AutoCloseable {
    private final Path path;
    private final String recorder;
    private final boolean dependence;
    private NwtWriter writer;
    private List<String> program;

    /// Creates or replaces the file at `path` for `program` with its arguments.
    RecordedFile(Path path, Launcher launcher, List<String> program) {
        this.path = path;
        recorder = launcher.name();
        dependence = launcher.derivesDependence();
        this.program = program;
        writer = create();
    }

    private NwtWriter create() {
        List<String> arguments = program.subList(1, program.size());
        return NwtWriter.create(
                path, new NwtHeader(program.getFirst(), arguments, recorder, "x86_64", dependence));
    }

    /// Forgets what was written: it belongs to a program that has executed `next`.
    void restart(List<String> next) {
        writer.close();
        program = next;
        writer = create();
    }

    /// The program that the file is of, and its arguments.
    List<String> program() {
        return program;
    }

    NwtWriter writer() {
        return writer;
    }

    /// A file of which nothing can be read is removed.
    @Override
    public void close() {
        try {
            writer.close();
        } finally {
            removeUnreadable();
        }
    }

    private void removeUnreadable() {
        if (!writer.isReadable() && Files.isRegularFile(path)) {
            try {
                Files.delete(path);
            } catch (IOException e) {
                // It stays, and who reads it is told that it is empty.
            }
        }
    }
}
