package org.nestwalk.traces;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.traces.format.ByteInput;
import org.nestwalk.traces.format.ChampSimReader;
import org.nestwalk.traces.format.DecodedReader;
import org.nestwalk.traces.format.Decompression;
import org.nestwalk.traces.format.Detection;
import org.nestwalk.traces.format.DrmemtraceReader;
import org.nestwalk.traces.format.FileDigest;
import org.nestwalk.traces.format.ForeignTraceReader;
import org.nestwalk.traces.format.LackeyReader;
import org.nestwalk.traces.format.RawReader;
import org.nestwalk.traces.nwt.NwtFile;
import org.nestwalk.traces.nwt.NwtReader;

/// Opens traces of any [TraceFormat], compressed with gzip, xz, zstd or not at all.
public final class Traces {
    /// The path that stands for standard input.
    public static final String STANDARD_INPUT = "-";

    private Traces() {}

    /// Opens the trace at `path`, whose contents tell the format.
    public static TraceReader open(Path path) {
        return open(path, null);
    }

    /// Opens the trace at `path`, or on standard input if that is `-`, as `forced` or, if that is
    /// null, as the format that its contents tell. An [InputException] says what is wrong with it.
    public static TraceReader open(Path path, @Nullable TraceFormat forced) {
        if (path.toString().equals(STANDARD_INPUT)) {
            return open(unclosed(System.in), "standard input", null, forced);
        }
        if (Files.isDirectory(path)) {
            throw new InputException(path + ": this is a directory; name a trace file in it");
        }
        try {
            return open(Files.newInputStream(path), path.toString(), path, forced);
        } catch (IOException e) {
            throw new InputException(path + ": no such file, or it may not be read", e);
        }
    }

    private static TraceReader open(
            InputStream stream, String name, @Nullable Path path, @Nullable TraceFormat forced) {
        FileDigest digest = new FileDigest(stream, path);
        try {
            InputStream contents = Decompression.open(digest.stream(), name);
            ByteInput input = new ByteInput(contents, name);
            TraceFormat format = forced != null ? forced : Detection.detect(input);
            if (format == TraceFormat.NWT) {
                return openNwt(input, path);
            }
            return new ForeignTraceReader(reader(format, input), format, name, digest);
        } catch (InputException e) {
            digest.close();
            throw e;
        }
    }

    private static TraceReader openNwt(ByteInput input, @Nullable Path path) {
        if (path == null || !NwtFile.isPlain(path)) {
            return new NwtReader(input, null);
        }
        try (NwtFile file = NwtFile.open(path)) {
            return new NwtReader(input, file);
        }
    }

    private static DecodedReader reader(TraceFormat format, ByteInput input) {
        return switch (format) {
            case LACKEY -> new LackeyReader(input);
            case DRMEMTRACE -> new DrmemtraceReader(input);
            case CHAMPSIM -> new ChampSimReader(input, false);
            case CHAMPSIM_CLOUDSUITE -> new ChampSimReader(input, true);
            case RAW -> new RawReader(input);
            case NWT -> throw new AssertionError(format);
        };
    }

    private static InputStream unclosed(InputStream stream) {
        return new FilterInputStream(stream) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return in.read(bytes, offset, length);
            }

            @Override
            public void close() {}
        };
    }
}
