package org.nestwalk.traces;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
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
import org.nestwalk.traces.format.Gem5Reader;
import org.nestwalk.traces.format.LackeyReader;
import org.nestwalk.traces.format.RawReader;
import org.nestwalk.traces.format.TraceFolder;
import org.nestwalk.traces.nwt.NwtFile;
import org.nestwalk.traces.nwt.NwtReader;

/// Opens traces of any [TraceFormat], compressed in one of several ways or not at all.
public final class Traces {
    /// The path that stands for standard input.
    public static final String STANDARD_INPUT = "-";

    private Traces() {}

    /// Opens the trace at `path`, whose contents tell the format.
    public static TraceReader open(Path path) {
        return open(path, TraceChoice.ALL);
    }

    /// The same as `format`, unless that is null.
    public static TraceReader open(Path path, @Nullable TraceFormat format) {
        return open(path, new TraceChoice(format, null));
    }

    /// Opens the trace at `path`, or on standard input if that is `-`, as `choice` says. A
    /// directory is a trace of DynamoRIO's with one file a thread. An [InputException] says what is
    /// wrong with it.
    public static TraceReader open(Path path, TraceChoice choice) {
        if (path.toString().equals(STANDARD_INPUT)) {
            return open(unclosed(System.in), "standard input", null, choice);
        }
        if (path.toString().isEmpty()) {
            throw new InputException(
                    "a trace's name is empty; name a file, a directory or - for standard input");
        }
        if (Files.isDirectory(path)) {
            return openFolder(path, choice);
        }
        try {
            return open(Files.newInputStream(path), path.toString(), path, choice);
        } catch (NoSuchFileException e) {
            throw new InputException(path + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new InputException(path + ": it may not be read", e);
        } catch (IOException e) {
            throw new InputException(path + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static TraceReader open(
            InputStream stream, String name, @Nullable Path path, TraceChoice choice) {
        FileDigest digest = new FileDigest(stream, path);
        try {
            InputStream contents = Decompression.open(digest.stream(), name);
            ByteInput input = new ByteInput(contents, name);
            TraceFormat format =
                    choice.format() != null ? choice.format() : Detection.detect(input);
            if (format == TraceFormat.NWT) {
                requireNoProcess(choice, format, name);
                return openNwt(input, path);
            }
            return new ForeignTraceReader(reader(format, input, choice), format, name, digest);
        } catch (InputException e) {
            digest.close();
            throw e;
        }
    }

    private static TraceReader openFolder(Path path, TraceChoice choice) {
        if (choice.format() != null && choice.format() != TraceFormat.DRMEMTRACE) {
            throw new InputException(
                    path + ": a directory is read as drmemtrace only; name a trace file in it");
        }
        List<Path> files = TraceFolder.files(path);
        TraceFolder folder = new TraceFolder(path.toString(), files, choice.process());
        return new ForeignTraceReader(
                folder, TraceFormat.DRMEMTRACE, path.toString(), new TraceFolder.Digest(files));
    }

    private static TraceReader openNwt(ByteInput input, @Nullable Path path) {
        if (path == null || !NwtFile.isPlain(path)) {
            return new NwtReader(input, null);
        }
        try (NwtFile file = NwtFile.open(path)) {
            return new NwtReader(input, file);
        }
    }

    private static DecodedReader reader(TraceFormat format, ByteInput input, TraceChoice choice) {
        if (format != TraceFormat.DRMEMTRACE && format != TraceFormat.CHAMPSIM_CLOUDSUITE) {
            requireNoProcess(choice, format, input.name());
        }
        return switch (format) {
            case LACKEY -> new LackeyReader(input);
            case DRMEMTRACE -> new DrmemtraceReader(input, choice.process());
            case CHAMPSIM -> new ChampSimReader(input, false, null);
            case CHAMPSIM_CLOUDSUITE -> new ChampSimReader(input, true, choice.process());
            case GEM5 -> new Gem5Reader(input);
            case RAW -> new RawReader(input);
            case NWT -> throw new AssertionError(format);
        };
    }

    private static void requireNoProcess(TraceChoice choice, TraceFormat format, String name) {
        if (choice.process() != null) {
            throw new InputException(
                    name
                            + ": "
                            + format.description()
                            + " does not tell processes apart, so none can be chosen");
        }
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
