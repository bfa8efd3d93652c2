package org.nestwalk.machine.device;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A disk with a queue: requests in memory say which sectors of 4 KiB go to which pages, or come
/// from them.
///
/// ```text
///          63          48 47                                            0
///         +--------------+-----------------------------------------------+
/// word 0  |  1: write    |  sector                                       |
///         +--------------+-----------------------------------------------+
/// word 1  |  address of the page, as the device uses it; then 1 if done  |
///         +--------------------------------------------------------------+
/// ```
public final class BlockDevice {
    /// Word 0: the disk is written.
    public static final long WRITE = 1L << 48;

    private static final int WORDS = 512;

    private final DevicePort port;
    private final Ring queue;
    private final Map<Long, long[]> sectors = new HashMap<>();
    private long done;
    private long tail;
    private @Nullable String failure;

    /// A disk whose sectors are all zero.
    ///
    /// @param queue whose entries are requests
    public BlockDevice(DevicePort port, Ring queue) {
        this.port = port;
        this.queue = queue;
    }

    /// So many requests more are ready.
    public void submit(int count) {
        tail += count;
    }

    /// Does the requests that are ready. Returns how many.
    public int work() {
        int count = 0;
        while (failure == null && done < tail) {
            long at = queue.at(done);
            long[] request = new long[2];
            if (!port.readAll(at, request)) {
                failure = "the disk stands: its queue at 0x%x cannot be read".formatted(at);
                break;
            }
            if (!transfer(request[0], request[1])) {
                failure = "the disk stands: the page at 0x%x is refused".formatted(request[1]);
                break;
            }
            boolean _ = port.write(at + 8, 1);
            done++;
            count++;
        }
        return count;
    }

    private boolean transfer(long what, long address) {
        long sector = what & WRITE - 1;
        if ((what & WRITE) != 0) {
            long[] words = new long[WORDS];
            boolean read = port.readAll(address, words);
            if (read) {
                sectors.put(sector, words);
            }
            return read;
        }
        long[] words = sectors.getOrDefault(sector, new long[WORDS]);
        for (int i = 0; i < WORDS; i++) {
            if (!port.write(address + (long) i * Long.BYTES, words[i])) {
                return false;
            }
        }
        return true;
    }

    /// Why it does nothing any more; null if it does.
    public @Nullable String failure() {
        return failure;
    }

    /// A word of a sector.
    public long word(long sector, int index) {
        return sectors.getOrDefault(sector, new long[WORDS])[index];
    }
}
