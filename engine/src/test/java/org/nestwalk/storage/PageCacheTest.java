package org.nestwalk.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.storage.StorageFailure.Kind;

class PageCacheTest {
    private static final int FILE = 3;

    private final SimulatedTime time = new SimulatedTime();
    private final Disk disk = new Disk(DiskModel.NVME.withCapacity(1000), time, 1);
    private final Frames frames = new Frames();

    /// Frames that hold words, up to a number.
    private static final class Frames implements PageCache.Frames {
        private final Map<Long, long[]> used = new HashMap<>();
        private long most = Long.MAX_VALUE;
        private long next;

        @Override
        public long take(int file, long page) {
            if (used.size() >= most) {
                return -1;
            }
            used.put(next, new long[FileStore.PAGE_WORDS]);
            return next++;
        }

        @Override
        public void give(long frame) {
            assertThat(used.remove(frame)).isNotNull();
        }

        @Override
        public void fill(long frame, long[] words) {
            System.arraycopy(words, 0, used.get(frame), 0, words.length);
        }

        @Override
        public void fetch(long frame, long[] words) {
            System.arraycopy(used.get(frame), 0, words, 0, words.length);
        }
    }

    private PageCache cache(CacheSettings settings, long pages) {
        disk.create(FILE, pages);
        return new PageCache(disk, frames, settings);
    }

    @Test
    void whatIsReadOnceDoesNotDriveOutWhatIsUsedOften() {
        PageCache cache = cache(CacheSettings.of(10), 100);
        for (int i = 0; i < 2; i++) {
            for (long page = 0; page < 4; page++) {
                cache.frame(FILE, page);
            }
        }
        for (long page = 10; page < 90; page++) {
            cache.frame(FILE, page);
        }
        for (long page = 0; page < 4; page++) {
            assertThat(cache.has(FILE, page)).isTrue();
        }
        assertThat(cache.size()).isEqualTo(10);
        assertThat(frames.used).hasSize(10);
    }

    @ParameterizedTest
    @CsvSource({"1, 64, 64", "8, 64, 9", "32, 64, 5"})
    void aFileThatIsReadInOrderIsReadAhead(int readahead, int pages, long most) {
        PageCache cache = cache(CacheSettings.of(100).withReadahead(readahead), pages);
        for (long page = 0; page < pages; page++) {
            cache.frame(FILE, page);
        }
        assertThat(disk.requests()).isLessThanOrEqualTo(most);
        assertThat(cache.counts().fetched()).isEqualTo(pages);
        assertThat(cache.counts().hits() + cache.counts().misses()).isEqualTo(pages);
    }

    @Test
    void aFileThatIsReadAtRandomIsNot() {
        PageCache cache = cache(CacheSettings.of(100).withReadahead(32), 100);
        for (long page = 99; page >= 0; page -= 3) {
            cache.frame(FILE, page);
        }
        assertThat(cache.counts().ahead()).isZero();
    }

    @Test
    void readaheadEndsWithTheFileAndDoesNotFailForLackOfMemory() {
        PageCache cache = cache(CacheSettings.of(100).withReadahead(32), 3);
        cache.frame(FILE, 0);
        assertThat(cache.size()).isEqualTo(3);
        frames.most = 5;
        disk.create(4, 50);
        assertThat(cache.frame(4, 0)).isNotNegative();
        assertThat(frames.used).hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void dirtyPagesAreWrittenWhenThereAreTooManyAndBeforeTheyGo() {
        PageCache cache = cache(new CacheSettings(10, 1, 0.5), 100);
        long[] words = new long[FileStore.PAGE_WORDS];
        for (long page = 0; page < 6; page++) {
            words[0] = 1000 + page;
            cache.put(FILE, page, words);
        }
        assertThat(cache.dirtyPages()).isEqualTo(5);
        assertThat(disk.pagesWritten()).isEqualTo(1);
        for (long page = 50; page < 80; page++) {
            cache.frame(FILE, page);
        }
        for (long page = 0; page < 6; page++) {
            frames.fetch(cache.frame(FILE, page), words);
            assertThat(words[0]).isEqualTo(1000 + page);
        }
    }

    @Test
    void aFileThatHasBecomeShorterIsForgotten() {
        PageCache cache = cache(CacheSettings.of(10), 20);
        CachedStore store = new CachedStore(disk, new Frames(), CacheSettings.of(10));
        store.read(FILE, 5, 1, (_, _) -> {});
        store.resize(FILE, 5);
        assertThat(store.cache().size()).isZero();
        assertThatThrownBy(() -> cache.frame(FILE, 5))
                .isInstanceOfSatisfying(
                        StorageFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.BEYOND_END))
                .hasMessageContaining("page 5 of file 3, which has 5");
        assertThatThrownBy(() -> cache.frame(77, 0)).hasMessageContaining("which has 0");
    }

    @Test
    void aFullDiskSaysSo() {
        assertThatThrownBy(() -> disk.create(1, 1001))
                .isInstanceOf(StorageFailure.class)
                .hasMessageContaining("no room for file 1 of 1001 pages: 1000 of its 1000");
        disk.create(1, 1000);
        assertThatThrownBy(() -> disk.resize(2, 1)).isInstanceOf(StorageFailure.class);
        disk.resize(1, 999);
        disk.resize(2, 1);
    }

    @Test
    void withoutMemoryThereIsNoPage() {
        PageCache cache = cache(CacheSettings.of(10), 20);
        frames.most = 0;
        assertThatThrownBy(() -> cache.frame(FILE, 0))
                .isInstanceOfSatisfying(
                        StorageFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.NO_MEMORY));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void aCacheOfNothingIsRefused(int capacity) {
        assertThatThrownBy(() -> CacheSettings.of(capacity))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds nothing");
    }

    @Test
    void aDiskTakesLatencyAndBandwidthOneRequestAfterTheOther() {
        Disk slow = new Disk(new DiskModel(1000, 4096e6, 100), time, 1);
        slow.create(1, 10);
        slow.read(1, 0, 3, (_, _) -> {});
        assertThat(time.now()).isEqualTo(1000 + 3 * 1000);
        slow.write(1, 0, new long[FileStore.PAGE_WORDS]);
        assertThat(time.now()).isEqualTo(4000);
        slow.read(1, 0, 1, (_, _) -> {});
        assertThat(time.now()).isEqualTo(8000);
        slow.sync();
        assertThat(time.now()).isEqualTo(8000);
        assertThatThrownBy(() -> new DiskModel(1, 0, 1)).isInstanceOf(InputException.class);
    }

    /// Against files in memory that know nothing of caches: caches over caches, of all sizes.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsReadIsWhatWasWrittenLast(long seed) {
        int upper = 1 + (int) Long.remainderUnsigned(SplitMix64.hash(seed, -1), 12);
        int lower = 1 + (int) Long.remainderUnsigned(SplitMix64.hash(seed, -2), 12);
        disk.create(FILE, 30);
        CachedStore below =
                new CachedStore(
                        disk,
                        new Frames(),
                        new CacheSettings(lower, Math.min(lower, 4), seed / 6.0));
        CachedStore store =
                new CachedStore(below, frames, new CacheSettings(upper, Math.min(upper, 8), 0.3));
        Map<Long, Long> twin = new HashMap<>();
        long pages = 30;
        long[] words = new long[FileStore.PAGE_WORDS];
        disk.read(FILE, 0, 30, (page, data) -> twin.put(page, data[7]));
        for (int i = 0; i < 2_000; i++) {
            long bits = SplitMix64.hash(seed, i);
            long page = Long.remainderUnsigned(bits >>> 8, Math.max(1, pages));
            switch ((int) (bits & 15)) {
                case 0 -> {
                    long to = Long.remainderUnsigned(bits >>> 20, 40);
                    store.resize(FILE, to);
                    twin.keySet().removeIf(at -> at >= to);
                    for (long at = pages; at < to; at++) {
                        twin.put(at, 0L);
                    }
                    pages = to;
                }
                case 1 -> store.sync();
                case 2 -> store.cache().forgetClean(FILE);
                case 3, 4, 5, 6 -> {
                    if (page < pages) {
                        words[7] = bits;
                        store.write(FILE, page, words);
                        twin.put(page, bits);
                    }
                }
                default -> {
                    if (page < pages) {
                        store.read(
                                FILE,
                                page,
                                1,
                                (at, data) -> assertThat(data[7]).isEqualTo(twin.get(at)));
                    }
                }
            }
            assertThat(store.cache().size()).isLessThanOrEqualTo(upper);
            assertThat(frames.used).hasSize(store.cache().size());
        }
        store.cache().close();
        assertThat(frames.used).isEmpty();
    }
}
