package org.nestwalk.traces.nwt;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceDigest;
import org.nestwalk.traces.TraceInfo;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.format.ByteInput;

/// Reads a `.nwt` stream from its beginning to its end.
///
/// A stream that ends without a footer was cut off: its whole blocks are read, and [#info] says so
/// once the end is reached, or before where the caller knows.
public final class NwtReader implements TraceReader {
    private final ByteInput input;
    private final SectionReader sections;
    private final KeyValues pairs = new KeyValues();
    private final BlockDecoder decoder;
    private final TraceDigest digest;
    private final @Nullable TraceInfo known;
    private final @Nullable String knownDigest;
    private @Nullable String computedDigest;
    private long blockOffset;
    private boolean ended;
    private boolean complete = true;

    /// Reads from `input`. Of a file, `file` knows the footer in advance; of a pipe it is null.
    public NwtReader(ByteInput input, @Nullable NwtFile file) {
        this.input = input;
        known = file == null ? null : file.info();
        knownDigest = file == null ? null : file.digest();
        sections = new SectionReader(input);
        sections.readPrefix();
        long at = sections.offset();
        if (sections.next() != NwtFormat.HEADER) {
            throw sections.bad(at, "the header is missing or cut short");
        }
        decodePairs(at);
        boolean dependence = NwtHeader.saysDependence(pairs);
        decoder = new BlockDecoder(dependence);
        digest = new TraceDigest(dependence);
    }

    @Override
    public TraceInfo info() {
        return known != null ? known : NwtInfo.of(input.name(), pairs, null, complete);
    }

    @Override
    public int read(TraceBlock block) {
        block.count = 0;
        try {
            while (block.count == 0 && (decoder.accessesLeft() > 0 || nextBlock())) {
                decoder.decode(block);
            }
        } catch (DamagedBlockException | IndexOutOfBoundsException e) {
            throw damaged(e);
        }
        if (knownDigest == null) {
            digest.update(block, 0, block.count);
        }
        return block.count;
    }

    /// The recorded digest; of a stream without one, that of all accesses, which are read for it.
    @Override
    public String digest() {
        if (knownDigest != null) {
            return knownDigest;
        }
        String result = computedDigest;
        if (result == null) {
            TraceBlock rest = new TraceBlock();
            while (read(rest) > 0) {
                // Reading updates the digest.
            }
            result = digest.finish();
            computedDigest = result;
        }
        return result;
    }

    private boolean nextBlock() {
        if (ended) {
            return false;
        }
        blockOffset = sections.offset();
        int tag = sections.next();
        if (tag == NwtFormat.BLOCK) {
            decoder.load(sections.payload, 0, sections.length);
            return true;
        }
        if (tag == NwtFormat.HEADER) {
            throw sections.bad(blockOffset, "a second header; the file is damaged");
        }
        if (tag == NwtFormat.FOOTER) {
            decodePairs(blockOffset);
            sections.requireEnd();
        }
        complete = tag == NwtFormat.FOOTER;
        ended = true;
        return false;
    }

    private void decodePairs(long offset) {
        try {
            pairs.decode(sections.payload);
        } catch (IndexOutOfBoundsException e) {
            throw sections.bad(offset, "the header or footer is damaged: " + e.getMessage());
        }
    }

    private InputException damaged(RuntimeException cause) {
        return sections.bad(blockOffset, "the block is damaged: " + cause.getMessage());
    }

    @Override
    public void close() {
        input.close();
    }
}
