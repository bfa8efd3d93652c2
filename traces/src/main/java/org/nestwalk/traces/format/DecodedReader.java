package org.nestwalk.traces.format;

import org.nestwalk.traces.TraceBlock;

/// A reader of one format: fills blocks from the decompressed bytes of a trace.
public abstract class DecodedReader implements AutoCloseable {
    DecodedReader() {}

    /// Replaces the contents of `block` by the next accesses; none are left at the end.
    public final int read(TraceBlock block) {
        block.count = 0;
        decode(block);
        return block.count;
    }

    /// Instructions listed as not fetched, so far.
    public long nonFetched() {
        return 0;
    }

    /// What the trace has said of itself so far.
    public TraceDetails details() {
        return TraceDetails.NONE;
    }

    /// Adds accesses to a block until it has no room for more or the trace ends.
    abstract void decode(TraceBlock block);

    @Override
    public abstract void close();
}
