package org.nestwalk.storage;

/// Files through a cache of their pages, as the host of a virtual machine reads them with `pread`.
public final class CachedStore implements FileStore {
    private final FileStore below;
    private final PageCache cache;
    private final PageCache.Frames frames;
    private final long[] words = new long[PAGE_WORDS];

    /// An empty cache over `below`.
    public CachedStore(FileStore below, PageCache.Frames frames, CacheSettings settings) {
        this.below = below;
        this.frames = frames;
        this.cache = new PageCache(below, frames, settings);
    }

    /// The cache.
    public PageCache cache() {
        return cache;
    }

    @Override
    public long pages(int file) {
        return below.pages(file);
    }

    @Override
    public void read(int file, long first, int count, PageReceiver into) {
        requireInside(file, first, count);
        for (long page = first; page < first + count; page++) {
            frames.fetch(cache.frame(file, page), words);
            into.page(page, words);
        }
    }

    @Override
    public void write(int file, long page, long[] data) {
        cache.put(file, page, data);
    }

    @Override
    public void resize(int file, long pages) {
        below.resize(file, pages);
        cache.forget(file, pages);
    }

    @Override
    public void sync() {
        cache.sync();
    }
}
