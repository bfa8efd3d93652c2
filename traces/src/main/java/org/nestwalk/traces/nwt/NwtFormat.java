package org.nestwalk.traces.nwt;

/// Numbers that the writer and the reader of `.nwt` share; `traces/FORMAT.md` explains them.
final class NwtFormat {
    static final int VERSION = 1;

    /// `NWT` and a control-Z, little-endian.
    static final int MAGIC = tag("NWT\u001A");

    static final int HEADER = tag("HEAD");
    static final int BLOCK = tag("BLOK");
    static final int FOOTER = tag("FOOT");

    /// `NWT.END` and a line feed, little-endian.
    static final long TRAILER = tag("NWT.") | ((long) tag("END\n") << 32);

    static final int PREFIX_BYTES = 8;
    static final int SECTION_BYTES = 12;
    static final int TRAILER_BYTES = 16;

    /// The writer closes a block once it has this many accesses.
    static final int BLOCK_ACCESSES = 1 << 19;

    /// The most accesses a segment can have.
    static final int SEGMENT = 64;

    /// The most accesses a reader takes from one block.
    static final int MAX_BLOCK_ACCESSES = BLOCK_ACCESSES + SEGMENT;

    /// The largest header or footer, in bytes, that a reader takes.
    static final int MAX_SECTION = 1 << 28;

    /// The largest block's payload, in bytes: more than the worst case of incompressible streams.
    static final int MAX_BLOCK_BYTES = 16 * MAX_BLOCK_ACCESSES + (1 << 16);

    /// Streams of a block, in order of storage.
    static final int TEMPLATES = 0;

    static final int SEGMENTS = 1;
    static final int EXPLICIT = 2;
    static final int CODES = 3;
    static final int RESIDUALS = 4;
    static final int STREAMS = 5;

    /// Of traces that say which accesses depend on which: a sixth stream behind the others, with
    /// its two sizes just before it.
    static final int DISTANCES = 5;

    /// Bytes before the first stream in a block's payload: seven counts and the streams' sizes.
    static final int BLOCK_HEAD = 4 * 7 + 8 * STREAMS;

    /// Codes of the segment stream.
    static final int SEGMENT_PREDICTED = 0;

    static final int SEGMENT_SECOND = 1;
    static final int SEGMENT_NEW = 2;
    static final int SEGMENT_EXPLICIT = 3;
    static final int SEGMENT_THREAD = 4;

    /// Fields of a code of the codes stream: the residual's bytes, and which prediction it is to.
    static final int WIDTH = 15;

    static final int BY_OFFSET = 16;

    private NwtFormat() {}

    private static int tag(String four) {
        return four.charAt(0)
                | (four.charAt(1) << 8)
                | (four.charAt(2) << 16)
                | (four.charAt(3) << 24);
    }
}
