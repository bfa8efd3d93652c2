package org.nestwalk.traces.nwt;

import java.io.IOException;
import org.nestwalk.InputException;
import org.nestwalk.traces.TraceBlock;

/// Decodes single blocks of a [NwtFile], in any order; not for concurrent use.
public final class NwtBlockReader {
    private final NwtFile file;
    private final BlockDecoder decoder;
    private long offset;

    NwtBlockReader(NwtFile file) {
        this.file = file;
        decoder = new BlockDecoder(file.info().dependence());
    }

    /// Starts at the first access of the block that `entry` of the file's index describes.
    public void open(BlockEntry entry) {
        offset = entry.offset();
        try {
            byte[] payload = file.section(offset, NwtFormat.BLOCK);
            decoder.load(payload, 0, payload.length);
        } catch (IOException | DamagedBlockException | IndexOutOfBoundsException e) {
            throw damaged(e);
        }
    }

    /// Replaces the contents of `block` by the next accesses of the opened block and returns how
    /// many; 0 at that block's end.
    public int read(TraceBlock block) {
        block.count = 0;
        try {
            decoder.decode(block);
        } catch (DamagedBlockException | IndexOutOfBoundsException e) {
            throw damaged(e);
        }
        return block.count;
    }

    private InputException damaged(Exception cause) {
        return file.bad(offset, "the block is damaged: " + cause.getMessage());
    }
}
