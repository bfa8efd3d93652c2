package org.nestwalk.mmu.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.mmu.AccessStreams;
import org.nestwalk.mmu.model.CacheModel;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;

public class CacheHierarchyTest {
    private static final int ACCESSES = 2_000_000;

    private static CacheModel cache(String name, int entries, int ways, int cycles) {
        return new CacheModel(name, new Geometry(entries, ways, Replacement.LRU), cycles);
    }

    /// 32 KiB, 1 MiB and 16 MiB, as the yardstick has them.
    public static List<CacheModel> yardstick() {
        return List.of(
                cache("L1D", 512, 8, 4),
                cache("L2", 16_384, 16, 14),
                cache("LLC", 262_144, 16, 50));
    }

    private static long[] served(long[] stream) {
        CacheHierarchy caches = new CacheHierarchy(yardstick(), 200, 1);
        long[] served = new long[4];
        for (long address : stream) {
            served[caches.access(address)]++;
        }
        return served;
    }

    @Test
    void aMissFillsEveryLevel() {
        CacheHierarchy caches = new CacheHierarchy(yardstick(), 200, 1);
        assertThat(caches.access(0x1000)).isEqualTo(3);
        assertThat(caches.access(0x103f)).isZero();
        assertThat(caches.access(0x1040)).isEqualTo(3);
    }

    @Test
    void aLineEvictedFromTheFirstLevelIsFoundInTheSecond() {
        CacheHierarchy caches = new CacheHierarchy(yardstick(), 200, 1);
        for (int i = 0; i < 9; i++) {
            caches.access(0x1000L * i);
        }
        assertThat(caches.peek(0, 0)).isEqualTo(1);
        assertThat(caches.access(0)).isEqualTo(1);
        assertThat(caches.access(0)).isZero();
    }

    @Test
    void withoutCachesMemoryServesEverything() {
        CacheHierarchy flat = new CacheHierarchy(List.of(), 200, 1);
        assertThat(flat.levels()).isZero();
        assertThat(flat.access(0x1000)).isZero();
        assertThat(flat.cycles(0, MemoryDelay.DATA, 0)).isEqualTo(200);
    }

    @Test
    void latenciesAreThoseOfTheModelAndThenMemory() {
        CacheHierarchy caches = new CacheHierarchy(yardstick(), 200, 1);
        assertThat(List.of(0, 1, 2, 3))
                .map(level -> caches.cycles(level, MemoryDelay.DATA, 0))
                .containsExactly(4, 14, 50, 200);
    }

    @Test
    void aDelayIsAddedOnlyToWhatMemoryServes() {
        MemoryDelay delay = (kind, hpa) -> 10 * kind + (int) (hpa >>> 12);
        CacheHierarchy caches = new CacheHierarchy(yardstick(), 200, delay, 1);
        assertThat(List.of(0, 1, 2, 3))
                .map(level -> caches.cycles(level, MemoryDelay.DATA, 0x3000))
                .containsExactly(4, 14, 50, 223);
        assertThat(caches.cycles(3, MemoryDelay.GUEST_TABLE, 0x3000)).isEqualTo(203);
    }

    @Test
    void nothingIsHeldAfterClear() {
        CacheHierarchy caches = new CacheHierarchy(yardstick(), 200, 1);
        caches.access(0x1000);
        caches.clear();
        assertThat(caches.peek(0x1000, 0)).isEqualTo(3);
    }

    @Test
    void referencesPastTheFirstLevelNeitherFindNorFillIt() {
        CacheHierarchy caches = new CacheHierarchy(yardstick(), 200, 1);
        caches.access(0x1000);
        assertThat(caches.peek(0x1000, 1)).isEqualTo(1);
        assertThat(caches.access(0x1000, 1)).isEqualTo(1);
        assertThat(caches.access(0x2000, 1)).isEqualTo(3);
        assertThat(caches.access(0x2000)).isEqualTo(1);
        assertThat(caches.access(0x2000)).isZero();
    }

    @Test
    void agreesWithItsTwinAtEveryStep() {
        List<CacheModel> models =
                List.of(cache("L1D", 12, 4, 4), cache("L2", 60, 12, 14), cache("LLC", 240, 20, 50));
        CacheHierarchy fast = new CacheHierarchy(models, 200, 1);
        NaiveCacheHierarchy twin = new NaiveCacheHierarchy(models);
        long seed = 99;
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 100_000; step++) {
            double u = random.nextDouble();
            long hpa = (long) (u * u * u * 1000 * 64);
            assertThat(fast.access(hpa))
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(twin.access(hpa));
        }
    }

    /// Lines of compact sets, many of them told apart only by the highest bits of an address.
    @Test
    void agreesWithItsTwinAllOverPhysicalMemory() {
        List<CacheModel> models =
                List.of(
                        cache("L1D", 512, 8, 4),
                        cache("L2", 128 * 5, 5, 14),
                        cache("LLC", 256 * 16, 16, 50));
        CacheHierarchy fast = new CacheHierarchy(models, 200, 1);
        NaiveCacheHierarchy twin = new NaiveCacheHierarchy(models);
        long seed = 98;
        SplittableRandom random = new SplittableRandom(seed);
        int[] served = new int[4];
        for (int step = 0; step < 400_000; step++) {
            long far = random.nextInt(3) == 0 ? random.nextLong(128) << 45 : 0;
            long hpa = far | random.nextLong(20) << 19 | random.nextLong(4) << 6;
            int expected = twin.access(hpa);
            assertThat(fast.peek(hpa, 0)).as("seed %d step %d", seed, step).isEqualTo(expected);
            assertThat(fast.access(hpa)).as("seed %d step %d", seed, step).isEqualTo(expected);
            served[expected]++;
        }
        assertThat(served).as("all levels are met").doesNotContain(0);
    }

    /// The last level of skylake-sp, and one with as many sets as fit.
    @ParameterizedTest
    @ValueSource(ints = {57_344, 16_385, 262_143})
    void agreesWithItsTwinIfSetsAreNoPowerOfTwo(int sets) {
        List<CacheModel> models = List.of(cache("LLC", sets * 11, 11, 50));
        CacheHierarchy fast = new CacheHierarchy(models, 200, 1);
        NaiveCacheHierarchy twin = new NaiveCacheHierarchy(models);
        long seed = 97;
        SplittableRandom random = new SplittableRandom(seed);
        long quotients = (1L << 46) / sets;
        int hits = 0;
        for (int step = 0; step < 200_000; step++) {
            // The lowest and highest tags of a few sets.
            long tag = random.nextInt(12);
            long line =
                    (random.nextBoolean() ? tag : quotients - 1 - tag) * sets
                            + (random.nextBoolean() ? random.nextInt(3) : sets - 1);
            int expected = twin.access(line << 6);
            assertThat(fast.access(line << 6))
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(expected);
            hits += 1 - expected;
        }
        assertThat(hits).isBetween(50_000, 150_000);
    }

    // The yardstick's counts for the same streams used as host-physical addresses.

    @Test
    void uniformRandomReferencesAreServedAsByTheYardstick() {
        assertThat(served(AccessStreams.gups(ACCESSES))).containsExactly(59, 1874, 27475, 1970592);
    }

    @Test
    void sequentialReferencesAreServedAsByTheYardstick() {
        assertThat(served(AccessStreams.seq(ACCESSES))).containsExactly(1750000, 0, 0, 250000);
    }

    @Test
    void zipfianReferencesAreServedAsByTheYardstick() {
        assertThat(served(AccessStreams.zipf(ACCESSES)))
                .containsExactly(117747, 526678, 445368, 910207);
    }
}
