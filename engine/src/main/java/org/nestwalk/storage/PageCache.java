package org.nestwalk.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Pages of files in memory, over what is below: read when they are missed, and ahead where a file
/// is read in order; dirty ones written back when there are too many, or to make room, or by
/// [#sync].
///
/// Pages are on two lists, as in Linux (`mm/vmscan.c`): one that is touched for the first time is
/// inactive; touched again it is active; room is made of the inactive ones, the least recently used
/// first, and active ones become inactive where they are the larger part. So what is read once does
/// not drive out what is used often.
///
/// For one thread at a time.
public final class PageCache implements AutoCloseable {
    /// Bits of a page's number within its file.
    static final int PAGE_BITS = 40;

    private static final int FIRST_AHEAD = 4;

    private final FileStore below;
    private final Frames frames;
    private final CacheSettings settings;
    private final LinkedHashMap<Long, Page> inactive = new LinkedHashMap<>();
    private final LinkedHashMap<Long, Page> active = new LinkedHashMap<>();
    private final TreeSet<Long> dirty = new TreeSet<>();
    private final Map<Integer, Order> streams = new HashMap<>();
    private final long[] words = new long[FileStore.PAGE_WORDS];
    private long hits;
    private long misses;
    private long fetched;
    private long ahead;
    private long evicted;
    private long writtenBack;

    /// Where a cache's pages are.
    public interface Frames {
        /// A frame for a page of a file, whatever it holds; -1 if there is none.
        long take(int file, long page);

        /// Gives a frame back.
        void give(long frame);

        /// Makes a frame hold a page.
        void fill(long frame, long[] words);

        /// What a frame holds.
        void fetch(long frame, long[] words);
    }

    private record Page(long frame) {}

    /// How a file is read: the page that comes next if it is in order, and how many are read at a
    /// time.
    private record Order(long next, int window) {}

    /// An empty one.
    public PageCache(FileStore below, Frames frames, CacheSettings settings) {
        this.below = below;
        this.frames = frames;
        this.settings = settings;
    }

    private static long key(int file, long page) {
        return (long) file << PAGE_BITS | page;
    }

    private static int fileOf(long key) {
        return (int) (key >>> PAGE_BITS);
    }

    private static long pageOf(long key) {
        return key & (1L << PAGE_BITS) - 1;
    }

    /// How many pages it holds.
    public int size() {
        return inactive.size() + active.size();
    }

    /// Whether it has a page; changes nothing.
    public boolean has(int file, long page) {
        long key = key(file, page);
        return inactive.containsKey(key) || active.containsKey(key);
    }

    /// The frame of a page, which is read if it is not there. It stays until the next page is asked
    /// for.
    ///
    /// @throws StorageFailure if it is beyond the end, or there is no frame for it
    public long frame(int file, long page) {
        below.requireInside(file, page, 1);
        Page there = touched(file, page);
        if (there != null) {
            return there.frame;
        }
        misses++;
        Order stream = streams.getOrDefault(file, new Order(0, 1));
        boolean inOrder = stream.next == page;
        int window =
                inOrder
                        ? Math.min(settings.readahead(), Math.max(FIRST_AHEAD, 2 * stream.window))
                        : 1;
        int count = (int) Math.min(window, below.pages(file) - page);
        for (int i = 1; i < count; i++) {
            if (has(file, page + i)) {
                count = i;
            }
        }
        List<Long> taken = takeFrames(file, page, count);
        below.read(file, page, taken.size(), (at, data) -> fill(taken, (int) (at - page), data));
        fetched += taken.size();
        ahead += taken.size() - 1;
        for (int i = 0; i < taken.size(); i++) {
            inactive.put(key(file, page + i), new Page(taken.get(i)));
        }
        streams.put(file, new Order(page + taken.size(), window));
        return taken.getFirst();
    }

    private void fill(List<Long> taken, int index, long[] data) {
        frames.fill(taken.get(index), data);
    }

    /// A page that is there, which is used now; null if it is not.
    private @Nullable Page touched(int file, long page) {
        long key = key(file, page);
        Page there = active.remove(key);
        if (there == null) {
            there = inactive.remove(key);
        }
        if (there != null) {
            hits++;
            active.put(key, there);
        }
        return there;
    }

    /// One frame or more, up to `count`; those that read ahead do not fail for lack of memory.
    private List<Long> takeFrames(int file, long page, int count) {
        List<Long> taken = new ArrayList<>();
        while (taken.size() < count) {
            boolean gone = true;
            while (gone && size() + taken.size() >= settings.capacity()) {
                gone = evict();
            }
            long next = page + taken.size();
            long frame = frames.take(file, next);
            while (frame == -1 && evict()) {
                frame = frames.take(file, next);
            }
            if (frame == -1) {
                break;
            }
            taken.add(frame);
        }
        if (taken.isEmpty()) {
            throw new StorageFailure(
                    StorageFailure.Kind.NO_MEMORY, "there is no memory for a page of a file");
        }
        return taken;
    }

    /// Makes a page hold `data`, without reading it from below. It is dirty.
    ///
    /// @throws StorageFailure as [#frame]
    public void put(int file, long page, long[] data) {
        below.requireInside(file, page, 1);
        Page there = touched(file, page);
        if (there == null) {
            there = new Page(takeFrames(file, page, 1).getFirst());
            inactive.put(key(file, page), there);
        }
        frames.fill(there.frame, data);
        dirtied(file, page);
    }

    /// A page that is there has been written.
    public void dirtied(int file, long page) {
        dirty.add(key(file, page));
        while (dirty.size() > settings.dirtyPart() * settings.capacity()) {
            clean(dirty.first());
        }
    }

    private void clean(long key) {
        Page page = active.getOrDefault(key, inactive.get(key));
        if (page == null) {
            throw new IllegalStateException("a dirty page is not there");
        }
        frames.fetch(page.frame, words);
        below.write(fileOf(key), pageOf(key), words);
        dirty.remove(key);
        writtenBack++;
    }

    /// Gives the frame of the page that is needed least back; false if there is none.
    public boolean evict() {
        if (inactive.size() < active.size()) {
            Map.Entry<Long, Page> oldest = active.pollFirstEntry();
            inactive.put(oldest.getKey(), oldest.getValue());
        }
        if (inactive.isEmpty()) {
            return false;
        }
        long key = inactive.firstEntry().getKey();
        if (dirty.contains(key)) {
            clean(key);
        }
        evicted++;
        drop(key);
        return true;
    }

    private void drop(long key) {
        Page page = inactive.remove(key);
        if (page == null) {
            page = active.remove(key);
        }
        dirty.remove(key);
        if (page != null) {
            frames.give(page.frame);
        }
    }

    /// Forgets the pages of a file from `from` on, whatever they hold: it has become shorter.
    public void forget(int file, long from) {
        keys(file).stream().filter(key -> pageOf(key) >= from).forEach(this::drop);
    }

    /// Forgets the clean pages of a file, as `posix_fadvise` with POSIX_FADV_DONTNEED does.
    public void forgetClean(int file) {
        keys(file).stream().filter(key -> !dirty.contains(key)).forEach(this::drop);
        streams.remove(file);
    }

    private List<Long> keys(int file) {
        List<Long> keys = new ArrayList<>();
        inactive.keySet().stream().filter(key -> fileOf(key) == file).forEach(keys::add);
        active.keySet().stream().filter(key -> fileOf(key) == file).forEach(keys::add);
        return keys;
    }

    /// Writes all dirty pages, and has what is below do the same.
    public void sync() {
        while (!dirty.isEmpty()) {
            clean(dirty.first());
        }
        below.sync();
    }

    /// Shows `consumer` the frames of all pages.
    public void forEachFrame(LongConsumer consumer) {
        inactive.values().forEach(page -> consumer.accept(page.frame));
        active.values().forEach(page -> consumer.accept(page.frame));
    }

    /// How many pages it has that `other` has, too: what is held twice.
    public int common(PageCache other) {
        return (int)
                Stream.concat(inactive.keySet().stream(), active.keySet().stream())
                        .filter(key -> other.has(fileOf(key), pageOf(key)))
                        .count();
    }

    /// How many pages are dirty.
    public int dirtyPages() {
        return dirty.size();
    }

    /// What it has done.
    public CacheCounts counts() {
        return new CacheCounts(hits, misses, fetched, ahead, evicted, writtenBack);
    }

    /// Gives all frames back; what is dirty is lost unless it was [synced][#sync].
    @Override
    public void close() {
        List<Long> keys = new ArrayList<>(inactive.keySet());
        keys.addAll(active.keySet());
        keys.forEach(this::drop);
    }
}
