package org.nestwalk.serve;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

/// Traces that pages sent: each a file in the server's own folder, which goes with the server, and
/// known to pages by a number.
final class Uploads {
    /// Most bytes of one.
    static final long MOST_BYTES = 1L << 30;

    private static final int MOST_FILES = 16;
    private static final int MOST_NAME = 80;
    private static final int BUFFER = 1 << 16;
    private static final String PREFIX = "upload:";

    private final Path folder;
    private final long most;
    private final Map<String, Path> files = new LinkedHashMap<>();
    private int made;
    private int coming;

    /// @param folder of the server's own
    /// @param most bytes of one upload
    Uploads(Path folder, long most) {
        this.folder = folder;
        this.most = most;
    }

    /// An upload.
    ///
    /// @param value what stands for it as the value of a parameter
    /// @param name the file's, as its user knows it
    /// @param format which trace it is
    record Upload(String value, String name, String format) {}

    /// Takes a trace from `in`.
    ///
    /// @throws Refusal if it is too large, none, or one too many
    /// @param name the file's, as its user knows it
    /// @param in the trace
    /// @param announced how many bytes it has; -1 if nobody said
    Upload take(String name, InputStream in, long announced) throws IOException {
        Path file = place(name);
        try {
            long bytes = copy(in, file);
            if (announced >= 0 && bytes != announced) {
                throw new Refusal(
                        400, "only %,d of %,d bytes of the trace came".formatted(bytes, announced));
            }
            Upload upload = checked(file);
            synchronized (this) {
                files.put(upload.value(), file);
            }
            return upload;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            Files.deleteIfExists(requireNonNull(file.getParent()));
            throw e;
        } finally {
            synchronized (this) {
                coming--;
            }
        }
    }

    private synchronized Path place(String name) throws IOException {
        if (files.size() + coming >= MOST_FILES) {
            throw new Refusal(
                    413,
                    "there are %d uploads already; start the server again to be rid of them"
                            .formatted(MOST_FILES));
        }
        made++;
        // Nothing of a name can lead elsewhere.
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^[.-]+", "_");
        String last = plain.substring(Math.max(0, plain.length() - MOST_NAME));
        Path file = folder.resolve(Integer.toString(made)).resolve(last.isEmpty() ? "trace" : last);
        Files.createDirectory(requireNonNull(file.getParent()));
        coming++;
        return file;
    }

    private long copy(InputStream in, Path file) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long bytes = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes += read;
                if (bytes > most) {
                    throw new Refusal(
                            413,
                            "a trace that is uploaded has at most %s; name larger ones on the command line"
                                    .formatted(Quantities.formatSize(most)));
                }
                out.write(buffer, 0, read);
            }
        }
        return bytes;
    }

    private static Upload checked(Path file) {
        try (TraceReader reader = Traces.open(file)) {
            TraceBlock block = new TraceBlock();
            var _ = reader.read(block);
            return new Upload(
                    PREFIX + requireNonNull(file.getParent()).getFileName(),
                    String.valueOf(file.getFileName()),
                    reader.info().format().label().toLowerCase(Locale.ROOT));
        } catch (InputException e) {
            String message = String.valueOf(e.getMessage());
            throw new Refusal(
                    422, message.replace(file.toString(), String.valueOf(file.getFileName())));
        }
    }

    /// The file that `value` stands for, if it stands for one.
    synchronized Optional<Path> find(String value) {
        return Optional.ofNullable(files.get(value));
    }

    /// `message` with the names that users know.
    synchronized String named(String message) {
        String named = message;
        for (Path file : files.values()) {
            named = named.replace(file.toString(), String.valueOf(file.getFileName()));
        }
        return named;
    }
}
