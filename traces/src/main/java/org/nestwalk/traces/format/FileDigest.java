package org.nestwalk.traces.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.traces.TraceDigest;

/// The SHA-256 of a file's bytes: of a file by reading it once more when asked, of a pipe on the
/// way.
public final class FileDigest implements ContentDigest {
    private static final int BUFFER = 1 << 16;

    private final InputStream stream;
    private final @Nullable Path path;
    private final MessageDigest sha = TraceDigest.sha256();
    private @Nullable String result;

    /// Of `stream`, which comes from the file at `path`, or from a pipe if that is null.
    public FileDigest(InputStream stream, @Nullable Path path) {
        this.stream = path == null ? new DigestInputStream(stream, sha) : stream;
        this.path = path;
    }

    /// The stream to read the trace from.
    public InputStream stream() {
        return stream;
    }

    @Override
    public String finish() {
        String known = result;
        if (known == null) {
            try {
                if (path == null) {
                    stream.transferTo(OutputStream.nullOutputStream());
                } else {
                    update(sha, path);
                }
            } catch (IOException e) {
                throw new InputException("the trace cannot be read to its end: " + e, e);
            }
            known = HexFormat.of().formatHex(sha.digest());
            result = known;
        }
        return known;
    }

    /// Takes the bytes of `file` into `sha`.
    static void update(MessageDigest sha, Path file) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (InputStream bytes = Files.newInputStream(file)) {
            int n;
            while ((n = bytes.read(buffer)) > 0) {
                sha.update(buffer, 0, n);
            }
        }
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            // Nothing was written; there is nothing to lose.
        }
    }
}
