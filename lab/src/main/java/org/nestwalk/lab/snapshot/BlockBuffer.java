package org.nestwalk.lab.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The pages of a block on their way to a file.
final class BlockBuffer {
    private final byte[] pages = new byte[(int) SnapshotFormat.BLOCK_SPAN];
    private long present;
    private long gone;
    private int length;

    void clear() {
        present = 0;
        gone = 0;
        length = 0;
    }

    boolean isEmpty() {
        return (present | gone) == 0;
    }

    /// Adds the page at `gpa`, in ascending order, unless it holds what the base has.
    ///
    /// @param before what the base has there, which is not all zeroes; null if it has nothing
    void add(long gpa, long[] words, long @Nullable [] before) {
        if (before != null && Arrays.equals(words, before)) {
            return;
        }
        long any = 0;
        for (long word : words) {
            any |= word;
        }
        if (any != 0) {
            present |= SnapshotFormat.bit(gpa);
            ByteBuffer.wrap(pages, length, SnapshotFormat.PAGE)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .put(words);
            length += SnapshotFormat.PAGE;
        } else if (before != null) {
            gone |= SnapshotFormat.bit(gpa);
        }
    }

    void write(SnapshotWriter writer, long gpa) {
        writer.block(gpa, present, gone, pages, length);
    }
}
