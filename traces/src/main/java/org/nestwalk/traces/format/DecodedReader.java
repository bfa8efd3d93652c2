package org.nestwalk.traces.format;

import org.nestwalk.traces.TraceBlock;

/// A reader of one format: fills blocks from the decompressed bytes of a trace.
public abstract class DecodedReader implements AutoCloseable {
    final ByteInput input;

    DecodedReader(ByteInput input) {
        this.input = input;
    }

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

    /// Adds accesses to an empty block until it has no room for more or the trace ends.
    abstract void decode(TraceBlock block);

    @Override
    public void close() {
        input.close();
    }
}
