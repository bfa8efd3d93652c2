package org.nestwalk.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nestwalk.InputException;

/// A file that an option asks to write; `-` is standard output.
///
/// @param option the option, for error messages
/// @param path where to
record OutputFile(String option, Path path) {
    boolean isStandardOutput() {
        return path.toString().equals("-");
    }

    /// Throws an [InputException] if it is plain now, before the work is done, that the file cannot
    /// be written, or that this would destroy one of `inputs`.
    void check(List<String> inputs) {
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
            throw cannot("it is the trace to run");
        }
    }

    private boolean isSame(String input) {
        try {
            return Files.exists(path) && Files.isSameFile(path, Path.of(input));
        } catch (IOException e) {
            return false;
        }
    }

    /// Writes `text`, to `out` if that is asked for.
    void write(String text, PrintWriter out) {
        if (isStandardOutput()) {
            out.print(text);
            out.flush();
            return;
        }
        try {
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new InputException(message(String.valueOf(e.getMessage())), e);
        }
    }

    private InputException cannot(String why) {
        return new InputException(message(why));
    }

    private String message(String why) {
        return option + ": " + path + " cannot be written: " + why;
    }
}
