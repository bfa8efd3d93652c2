package org.nestwalk.traces.format;

/// Identifies what a trace is read from.
public interface ContentDigest extends AutoCloseable {
    /// The digest as 64 hexadecimal digits. A pipe is read to its end.
    String finish();

    @Override
    void close();
}
