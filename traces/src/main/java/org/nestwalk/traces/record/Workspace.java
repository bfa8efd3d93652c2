package org.nestwalk.traces.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.nestwalk.InputException;

/// A directory for the time of one recording, with the named pipes between the recorder and us.
final class Workspace implements AutoCloseable {
    private final Path directory;
    private final Path pipe;
    private final Path done;

    Workspace() {
        try {
            directory = Files.createTempDirectory("nestwalk-record");
            pipe = directory.resolve("pipe");
            done = directory.resolve("done");
            Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString(), done.toString()).start();
            if (mkfifo.waitFor() != 0) {
                throw new IOException("mkfifo failed");
            }
        } catch (IOException e) {
            throw new InputException("the temporary directory takes no named pipe: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException("interrupted before recording began", e);
        }
    }

    Path directory() {
        return directory;
    }

    Path pipe() {
        return pipe;
    }

    /// A second named pipe, by which we answer the recorder.
    Path done() {
        return done;
    }

    /// The file in which a recorder collects events, and we read them.
    Path events() {
        return directory.resolve("events");
    }

    /// The file of what a recorder notes beside accesses.
    Path notes() {
        return directory.resolve("notes");
    }

    /// Opens the pipe to read; its end comes once `writer` has ended, whether it wrote or not.
    InputStream open(Process writer) throws IOException {
        RandomAccessFile keptOpen = new RandomAccessFile(pipe.toFile(), "rw");
        InputStream reader = Files.newInputStream(pipe);
        var _ = writer.onExit().thenRun(() -> closeQuietly(keptOpen));
        return reader;
    }

    private static void closeQuietly(RandomAccessFile file) {
        try {
            file.close();
        } catch (IOException e) {
            // Nothing was written through it.
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            // The system cleans temporary directories.
        }
    }
}
