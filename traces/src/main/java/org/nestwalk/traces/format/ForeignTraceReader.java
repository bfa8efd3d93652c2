package org.nestwalk.traces.format;

import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.TraceReader;

/// A trace in another tool's format, which says nothing about itself in advance.
public final class ForeignTraceReader implements TraceReader {
    private final DecodedReader reader;
    private final FileDigest digest;
    private final TraceInfo info;

    /// Reads with `reader` the contents of the file called `name`.
    public ForeignTraceReader(
            DecodedReader reader, TraceFormat format, String name, FileDigest digest) {
        this.reader = reader;
        this.digest = digest;
        this.info = TraceInfo.unknown(format, name);
    }

    @Override
    public TraceInfo info() {
        return info;
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
