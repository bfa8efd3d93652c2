package org.nestwalk.storage;

import java.util.HashMap;
import java.util.Map;
import org.nestwalk.random.SplitMix64;

/// A disk in simulated time: each request takes a latency and, for each page, what the bandwidth
/// says, one request after the other. Reads are waited for, writes are not, but those that come
/// after them are behind them.
///
/// A file that was made by [#create] holds words that follow from a seed, so that nothing need be
/// written first.
public final class Disk implements FileStore {
    private static final long PAGE = 4096;
    private static final double SECOND = 1e9;

    private final DiskModel model;
    private final SimulatedTime time;
    private final long seed;
    private final Map<Integer, Long> sizes = new HashMap<>();
    private final Map<Integer, Long> created = new HashMap<>();
    private final Map<Long, long[]> written = new HashMap<>();
    private final long[] page = new long[PAGE_WORDS];
    private long used;
    private long freeAt;
    private long requests;
    private long pagesRead;
    private long pagesWritten;

    /// An empty one.
    ///
    /// @param time of those who wait for it
    /// @param seed of what created files hold
    public Disk(DiskModel model, SimulatedTime time, long seed) {
        this.model = model;
        this.time = time;
        this.seed = seed;
    }

    /// Makes a file of `pages` pages, in place of one that has the number.
    ///
    /// @throws StorageFailure if there is no room
    public void create(int file, long pages) {
        resize(file, 0);
        resize(file, pages);
        created.put(file, pages);
    }

    @Override
    public long pages(int file) {
        return sizes.getOrDefault(file, 0L);
    }

    @Override
    public void read(int file, long first, int count, PageReceiver into) {
        requireInside(file, first, count);
        request(count);
        time.waitUntil(freeAt);
        pagesRead += count;
        for (long at = first; at < first + count; at++) {
            into.page(at, words(file, at));
        }
    }

    private long[] words(int file, long at) {
        long[] kept = written.get(key(file, at));
        if (kept != null) {
            return kept;
        }
        boolean seeded = at < created.getOrDefault(file, 0L);
        long hash = SplitMix64.hash(seed + file, at);
        for (int i = 0; i < PAGE_WORDS; i++) {
            page[i] = seeded ? hash + i : 0;
        }
        return page;
    }

    @Override
    public void write(int file, long at, long[] words) {
        requireInside(file, at, 1);
        request(1);
        pagesWritten++;
        written.put(key(file, at), words.clone());
    }

    private void request(int count) {
        requests++;
        double transfer = count * PAGE * SECOND / model.bytesPerSecond();
        freeAt = Math.max(freeAt, time.now()) + model.latencyNanos() + (long) Math.ceil(transfer);
    }

    @Override
    public void resize(int file, long pages) {
        long before = pages(file);
        if (pages - before > model.capacityPages() - used) {
            throw new StorageFailure(
                    StorageFailure.Kind.NO_SPACE,
                    "the disk has no room for file %d of %d pages: %d of its %d are free"
                            .formatted(
                                    file,
                                    pages,
                                    model.capacityPages() - used,
                                    model.capacityPages()));
        }
        used += pages - before;
        sizes.put(file, pages);
        created.computeIfPresent(file, (_, size) -> Math.min(size, pages));
        for (long at = pages; at < before; at++) {
            written.remove(key(file, at));
        }
    }

    @Override
    public void sync() {
        time.waitUntil(freeAt);
    }

    private static long key(int file, long page) {
        return (long) file << PageCache.PAGE_BITS | page;
    }

    /// Requests so far.
    public long requests() {
        return requests;
    }

    /// Pages read so far.
    public long pagesRead() {
        return pagesRead;
    }

    /// Pages written so far.
    public long pagesWritten() {
        return pagesWritten;
    }
}
