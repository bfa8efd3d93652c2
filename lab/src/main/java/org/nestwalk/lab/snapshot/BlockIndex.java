package org.nestwalk.lab.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.snapshot.SnapshotFormat.Entry;

/// Where the blocks of a snapshot are. It stays as it is in the file, in ascending order of
/// addresses, so that opening a snapshot makes no object for each block.
final class BlockIndex {
    private final ByteBuffer entries;
    private final int size;

    private BlockIndex(ByteBuffer entries, int size) {
        this.entries = entries;
        this.size = size;
    }

    /// The index in `payload`, of a snapshot of so many bytes of memory.
    ///
    /// @throws InputException if it is none
    static BlockIndex of(byte[] payload, long memoryBytes, Path path) {
        ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        int count = payload.length < Integer.BYTES ? -1 : in.getInt();
        if (count < 0
                || payload.length != Integer.BYTES + (long) count * SnapshotFormat.ENTRY_BYTES) {
            throw new InputException("%s: its index has an impossible size".formatted(path));
        }
        BlockIndex index = new BlockIndex(in, count);
        long next = 0;
        for (int i = 0; i < count; i++) {
            long gpa = index.gpa(i);
            if (gpa < next || gpa % SnapshotFormat.BLOCK_SPAN != 0 || gpa >= memoryBytes) {
                throw new InputException(
                        "%s: its index has a block at 0x%x, which is outside its memory, there twice or out of order"
                                .formatted(path, gpa));
            }
            next = gpa + SnapshotFormat.BLOCK_SPAN;
        }
        return index;
    }

    private static int at(int i) {
        return Integer.BYTES + i * SnapshotFormat.ENTRY_BYTES;
    }

    private long gpa(int i) {
        return entries.getLong(at(i));
    }

    /// How many blocks there are.
    int size() {
        return size;
    }

    /// The block at `i`, 0 to [#size] - 1.
    private Entry get(int i) {
        int at = at(i);
        return new Entry(
                entries.getLong(at),
                entries.getLong(at + 8),
                entries.getInt(at + 16),
                entries.getInt(at + 20),
                entries.getLong(at + 24),
                entries.getLong(at + 32));
    }

    /// The block with the page at `page`; null if there is none.
    @Nullable Entry find(long page) {
        long gpa = page & -SnapshotFormat.BLOCK_SPAN;
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) / 2;
            long found = gpa(middle);
            if (found == gpa) {
                return get(middle);
            }
            if (found < gpa) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /// Shows `consumer` all blocks, in ascending order.
    void forEach(Consumer<Entry> consumer) {
        for (int i = 0; i < size; i++) {
            consumer.accept(get(i));
        }
    }
}
