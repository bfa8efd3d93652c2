package org.nestwalk.traces;

/// An open trace, read from its beginning to its end in blocks; not for concurrent use.
///
/// A damaged trace ends every method with an [org.nestwalk.InputException] that names the file and
/// the offset or line.
public interface TraceReader extends AutoCloseable {
    /// What the trace says about itself.
    TraceInfo info();

    /// Replaces the contents of `block` by the next accesses and returns how many: `block.count`, 0
    /// at the end and ever after. Allocates nothing per access.
    int read(TraceBlock block);

    /// Identifies the contents, as 64 hexadecimal digits.
    ///
    /// For `.nwt` this is the SHA-256 of the accesses as [TraceDigest] defines it: the same for the
    /// same accesses, whatever the layout of blocks. For other formats it is the SHA-256 of the
    /// file's bytes, compressed as they are. A trace on standard input is read to its end for this.
    String digest();

    /// How many instructions the trace lists as executed but not fetched again, such as the later
    /// iterations of a `rep` string instruction, so far; these are not accesses. 0 where the format
    /// does not list such.
    default long nonFetched() {
        return 0;
    }

    @Override
    void close();
}
