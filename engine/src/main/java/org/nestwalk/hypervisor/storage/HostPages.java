package org.nestwalk.hypervisor.storage;

import java.util.HashMap;
import java.util.Map;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.HostMemory;
import org.nestwalk.storage.PageCache;

/// Frames of the host for its page cache: memory that guests cannot have.
public final class HostPages implements PageCache.Frames {
    private final HostMemory host;
    private final Map<Long, long[]> contents = new HashMap<>();

    /// Frames of `host`.
    public HostPages(HostMemory host) {
        this.host = host;
    }

    @Override
    public long take(int file, long page) {
        return host.reserve(PageSize.SIZE_4K);
    }

    @Override
    public void give(long frame) {
        contents.remove(frame);
        host.release(frame, PageSize.SIZE_4K);
    }

    @Override
    public void fill(long frame, long[] words) {
        contents.put(frame, words.clone());
    }

    @Override
    public void fetch(long frame, long[] words) {
        System.arraycopy(contents.getOrDefault(frame, words), 0, words, 0, words.length);
    }
}
