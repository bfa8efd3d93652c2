package org.nestwalk.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.nestwalk.InputException;

/// A file that an option asks to write; `-` and /dev/stdout are standard output. What names another
/// descriptor, such as /dev/fd/3, is written after what is there.
///
/// @param option the option, for error messages
/// @param path where to
record OutputFile(String option, Path path) {
    private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

    boolean isStandardOutput() {
        return path.toString().equals("-")
                || Descriptors.OWN.named(path).equals(Optional.of(Descriptors.STANDARD_OUTPUT));
    }

    /// What it is called in messages.
    String name() {
        return isStandardOutput() ? "standard output" : path.toString();
    }

    /// Opens it to write bytes, a file anew.
    OutputStream open() {
        if (isStandardOutput()) {
            return new FileOutputStream(FileDescriptor.out);
        }
        try {
            return isDescriptor()
                    ? Files.newOutputStream(path, StandardOpenOption.APPEND)
                    : Files.newOutputStream(path);
        } catch (IOException e) {
            throw new InputException(message(why(e)), e);
        }
    }

    private boolean isDescriptor() {
        return Descriptors.OWN.named(path).isPresent();
    }

    /// Throws an [InputException] if it is plain now, before the work is done, that the file cannot
    /// be written, or that this would destroy one of `inputs`.
    void check(List<String> inputs) {
        Path named = path.toString().equals("-") ? STANDARD_OUTPUT : path;
        Descriptors.OWN
                .objection(named)
                .ifPresent(why -> {
                    throw cannot(why);
                });
        if (isStandardOutput()) {
            return;
        }
        Path directory = path.toAbsolutePath().getParent();
        if (Files.isDirectory(path)) {
            throw cannot("it is a directory");
        }
        if (directory != null && !Files.isDirectory(directory)) {
            throw cannot("there is no directory " + directory);
        }
        if (Files.exists(path)
                ? !Files.isWritable(path)
                : directory != null && !Files.isWritable(directory)) {
            throw cannot("permission denied");
        }
        if (inputs.stream().anyMatch(this::isSame)) {
            throw cannot("it is the trace to read");
        }
    }

    /// Throws an [InputException] if there is such a file already, unless `force` is true or the
    /// user, asked on the terminal, wants it replaced.
    void checkNew(boolean force, PrintWriter err) {
        if (force || isDescriptor() || !Files.isRegularFile(path)) {
            return;
        }
        if (Terminal.console().filter(console -> asked(console, err)).isPresent()) {
            return;
        }
        throw new InputException(option + ": " + path + " exists; --force writes over it");
    }

    private boolean asked(Console console, PrintWriter err) {
        err.printf("nestwalk: %s exists; write over it? [y/N] ", path);
        err.flush();
        String answer = console.readLine();
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    /// Whether `other` is the same file, however it is named.
    boolean isSame(Path other) {
        return path.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())
                || isSame(other.toString());
    }

    private boolean isSame(String input) {
        try {
            return Files.exists(path) && Files.isSameFile(path, Path.of(input));
        } catch (IOException e) {
            return false;
        }
    }

    /// Writes `text`, to `out` if that is asked for. A file that cannot be written, as on a full
    /// disk, keeps what was in it before.
    void write(String text, PrintWriter out) {
        if (isStandardOutput()) {
            out.print(text);
            out.flush();
            return;
        }
        try {
            if (isDescriptor()) {
                Files.writeString(path, text, StandardOpenOption.APPEND);
            } else if (!Files.exists(path) || Files.isRegularFile(path)) {
                replace(text);
            } else {
                Files.writeString(path, text);
            }
        } catch (IOException e) {
            throw new InputException(message(why(e)), e);
        }
    }

    /// Writes beside the file, and then in its place.
    private void replace(String text) throws IOException {
        Path target = Files.exists(path) ? path.toRealPath() : path;
        Path part = target.resolveSibling(target.getFileName() + ".part");
        if (Files.exists(part) || !Files.isWritable(directory(target))) {
            Files.writeString(target, text);
            return;
        }
        try {
            Files.writeString(part, text);
            if (Files.exists(target)) {
                Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(target));
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static Path directory(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }

    private static String why(IOException e) {
        return e instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : String.valueOf(e.getMessage());
    }

    private InputException cannot(String why) {
        return new InputException(message(why));
    }

    private String message(String why) {
        return option + ": " + path + " cannot be written: " + why;
    }
}
