package org.nestwalk.traces.format;

import java.util.List;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.TraceReader;

/// A trace in another tool's format, which says little about itself in advance.
public final class ForeignTraceReader implements TraceReader {
    private final DecodedReader reader;
    private final ContentDigest digest;
    private final TraceFormat format;
    private final String name;

    /// Reads with `reader` the contents of the file called `name`.
    public ForeignTraceReader(
            DecodedReader reader, TraceFormat format, String name, ContentDigest digest) {
        this.reader = reader;
        this.digest = digest;
        this.format = format;
        this.name = name;
    }

    @Override
    public TraceInfo info() {
        TraceDetails details = reader.details();
        return new TraceInfo(
                format,
                name,
                null,
                List.of(),
                null,
                details.architecture(),
                null,
                List.of(),
                details.note(),
                details.pageSize(),
                details.processes(),
                details.warnings(),
                false);
    }

    @Override
    public int read(TraceBlock block) {
        return reader.read(block);
    }

    @Override
    public long nonFetched() {
        return reader.nonFetched();
    }

    @Override
    public String digest() {
        return digest.finish();
    }

    @Override
    public void close() {
        reader.close();
        digest.close();
    }
}
