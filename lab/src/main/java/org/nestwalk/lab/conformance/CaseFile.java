package org.nestwalk.lab.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.nestwalk.InputException;
import org.nestwalk.traces.format.Decompression;

/// Files of conformance cases: text, plain or compressed.
public final class CaseFile {
    private CaseFile() {}

    /// The text of the file called `name`, for [Conformance#check]; to be closed by the caller.
    ///
    /// @throws InputException if it is not a file, or damaged
    /// @throws UncheckedIOException if it cannot be opened
    public static Reader open(String name) {
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                throw new InputException(
                        name.isEmpty()
                                ? "the name of a file of cases is empty"
                                : name + ": a directory; name a file of cases");
            }
            return read(name, Files.newInputStream(path));
        } catch (InvalidPathException e) {
            throw new InputException("'" + name + "' cannot be the name of a file", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The text in `stream`; `name` is for error messages.
    public static Reader read(String name, InputStream stream) {
        return new InputStreamReader(Decompression.open(stream, name), StandardCharsets.UTF_8);
    }
}
