package org.nestwalk.mmu.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.StructureCacheModel;
import org.nestwalk.mmu.tlb.TranslationContexts;

public class PagingStructureCachesTest {
    private static final long GVA = 0x7f00_1234_5678L;

    private final TranslationContexts contexts = new TranslationContexts();
    private final int context = contexts.of(1, 5, 9);
    private final PagingStructureCaches caches =
            new PagingStructureCaches(yardstick(), contexts, 1);

    /// PML4E 4 and PDPTE 8 entries fully associative, PDE 32 entries 4-way.
    public static List<StructureCacheModel> yardstick() {
        return List.of(cache(2, 32, 4), cache(3, 8, 8), cache(4, 4, 4));
    }

    private static StructureCacheModel cache(int level, int entries, int ways) {
        return new StructureCacheModel(level, new Geometry(entries, ways, Replacement.LRU));
    }

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(caches.findDeepest(GVA, context)).isZero();
    }

    @Test
    void theDeepestEntryIsFound() {
        caches.insert(4, GVA, context, 44);
        caches.insert(3, GVA, context, 33);
        assertThat(caches.findDeepest(GVA, context)).isEqualTo(3);
        assertThat(caches.payload()).isEqualTo(33);
        caches.insert(2, GVA, context, 22);
        assertThat(caches.findDeepest(GVA, context)).isEqualTo(2);
        assertThat(caches.payload()).isEqualTo(22);
    }

    @Test
    void anEntryServesTheRegionThatItCovers() {
        caches.insert(3, GVA, context, 33);
        assertThat(caches.findDeepest(GVA ^ 0x3fff_ffff, context)).isEqualTo(3);
        assertThat(caches.findDeepest(GVA ^ 0x4000_0000, context)).isZero();
    }

    @Test
    void anEntryOfAnotherContextIsNotSeen() {
        caches.insert(2, GVA, context, 22);
        assertThat(caches.findDeepest(GVA, contexts.of(1, 6, 9))).isZero();
    }

    @Test
    void insertingWhatIsHeldIsAProgrammingError() {
        caches.insert(2, GVA, context, 22);
        assertThatThrownBy(() -> caches.insert(2, GVA, context, 23))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void aLevelWithoutACacheHoldsNothing() {
        caches.insert(5, GVA, context, 55);
        assertThat(caches.findDeepest(GVA, context)).isZero();
        assertThat(caches.holds(5, GVA, context)).isFalse();
    }

    @Test
    void aHitIsNoUseOfTheLevelsAbove() {
        for (long root = 0; root < 4; root++) {
            caches.insert(4, root << 39, context, root);
        }
        caches.insert(2, 0, context, 22);
        caches.findDeepest(0, context);
        caches.insert(4, 4L << 39, context, 4);
        assertThat(caches.holds(4, 0, context)).isFalse();
    }

    @Test
    void twoCachesOfOneLevelAreRefused() {
        List<StructureCacheModel> models = List.of(cache(2, 4, 4), cache(2, 4, 4));
        assertThatThrownBy(() -> new PagingStructureCaches(models, contexts, 1))
                .hasMessageContaining("level 2");
    }

    @Test
    void agreesWithItsTwinAtEveryStep() {
        long seed = 808;
        SplittableRandom random = new SplittableRandom(seed);
        List<List<List<Long>>> twin = new ArrayList<>();
        for (int level = 0; level <= 4; level++) {
            twin.add(new ArrayList<>());
        }
        for (StructureCacheModel model : yardstick()) {
            for (int set = 0; set < model.geometry().sets(); set++) {
                twin.get(model.level()).add(new ArrayList<>());
            }
        }
        for (int step = 0; step < 50_000; step++) {
            long gva = (random.nextLong(5) << 39) + (random.nextLong(3) << 30);
            gva += random.nextLong(8) << 21;
            int hit = 0;
            for (int level = 2; level <= 4 && hit == 0; level++) {
                long number = gva >> (3 + 9 * level);
                List<Long> set = twin.get(level).get((int) (number % twin.get(level).size()));
                if (set.remove(Long.valueOf(number))) {
                    set.addFirst(number);
                    hit = level;
                }
            }
            String at = "seed " + seed + " step " + step;
            assertThat(caches.findDeepest(gva, context)).as(at).isEqualTo(hit);
            if (hit != 0) {
                assertThat(caches.payload()).as(at).isEqualTo(gva >> (3 + 9 * hit));
            }
            for (int level = hit == 0 ? 4 : hit - 1; level >= 2; level--) {
                long number = gva >> (3 + 9 * level);
                List<Long> set = twin.get(level).get((int) (number % twin.get(level).size()));
                if (set.size() == (level == 3 ? 8 : 4)) {
                    set.removeLast();
                }
                set.addFirst(number);
                caches.insert(level, gva, context, number);
            }
        }
    }
}
