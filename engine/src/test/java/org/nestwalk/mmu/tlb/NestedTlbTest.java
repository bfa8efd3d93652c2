package org.nestwalk.mmu.tlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.SecondLevelTranslation.DIRTY;
import static org.nestwalk.bits.SecondLevelTranslation.READ;
import static org.nestwalk.mmu.tlb.Translation.MISS;
import static org.nestwalk.mmu.tlb.Translation.SIZE_1G;
import static org.nestwalk.mmu.tlb.Translation.SIZE_2M;
import static org.nestwalk.mmu.tlb.Translation.SIZE_4K;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nestwalk.Effort;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;

class NestedTlbTest {
    private static final Geometry GEOMETRY = new Geometry(16, 4, Replacement.LRU);

    private final TranslationContexts contexts = new TranslationContexts();
    private final int context = contexts.ofGuestPhysical(9);
    private final NestedTlb tlb = new NestedTlb(GEOMETRY, contexts, 1);

    private static long page(int size) {
        return SecondLevelTranslation.pack(0x12_4000_0000L, READ, size + 1, MemoryType.WB);
    }

    @Test
    void holdsAllSizesTogether() {
        tlb.fill(0x1000, context, page(SIZE_4K));
        tlb.fill(0x20_0000, context, page(SIZE_2M));
        tlb.fill(0x4000_0000, context, page(SIZE_1G));
        assertThat(tlb.lookup(0x1fff, context)).isEqualTo(page(SIZE_4K));
        assertThat(tlb.lookup(0x3f_ffff, context)).isEqualTo(page(SIZE_2M));
        assertThat(tlb.lookup(0x7fff_ffff, context)).isEqualTo(page(SIZE_1G));
        assertThat(tlb.lookup(0x8000_0000L, context)).isEqualTo(MISS);
    }

    @Test
    void otherTablesDoNotSeeAnEntry() {
        tlb.fill(0x1000, context, page(SIZE_4K));
        assertThat(tlb.lookup(0x1000, contexts.ofGuestPhysical(8))).isEqualTo(MISS);
    }

    @Test
    void anUpdateSetsTheDirtyFlagInPlace() {
        tlb.fill(0x1000, context, page(SIZE_4K));
        assertThat(tlb.update(0x1000, context, page(SIZE_4K) | DIRTY)).isTrue();
        assertThat(tlb.lookup(0x1000, context)).isEqualTo(page(SIZE_4K) | DIRTY);
        assertThat(tlb.update(0x2000, context, page(SIZE_4K))).isFalse();
    }

    @Test
    void anUpdateToAnotherSizeLeavesNothingOfTheOld() {
        tlb.fill(0x1000, context, page(SIZE_2M));
        tlb.update(0x1000, context, page(SIZE_4K));
        assertThat(tlb.lookup(0x1000, context)).isEqualTo(page(SIZE_4K));
        assertThat(tlb.lookup(0x2000, context)).isEqualTo(MISS);
    }

    @Test
    void agreesWithItsTwinAtEveryStep() {
        record Entry(long base, int shift, int context, long word) {}
        long seed = 31;
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Entry>> twin = new ArrayList<>();
        for (int set = 0; set < GEOMETRY.sets(); set++) {
            twin.add(new ArrayList<>());
        }
        for (int step = 0; step < Effort.of(50_000); step++) {
            long gpa = (random.nextLong(3) << 30) + (random.nextLong(4) << 21);
            gpa += random.nextLong(10) << 12;
            int own = contexts.ofGuestPhysical(random.nextInt(2));
            long expected = MISS;
            for (int shift = 12; shift <= 30 && expected == MISS; shift += 9) {
                List<Entry> set = twin.get((int) ((gpa >> shift) % GEOMETRY.sets()));
                for (Entry e : List.copyOf(set)) {
                    if (e.shift == shift && e.context == own && e.base >> shift == gpa >> shift) {
                        set.remove(e);
                        set.addFirst(e);
                        expected = e.word;
                    }
                }
            }
            assertThat(tlb.lookup(gpa, own)).as("seed %d step %d", seed, step).isEqualTo(expected);
            if (expected == MISS) {
                int size = random.nextInt(3);
                int shift = 12 + 9 * size;
                long word =
                        SecondLevelTranslation.pack(
                                random.nextLong() >>> 12 & -(1L << Translation.shift(size)),
                                READ,
                                size + 1,
                                MemoryType.WB);
                List<Entry> set = twin.get((int) ((gpa >> shift) % GEOMETRY.sets()));
                if (set.size() == GEOMETRY.ways()) {
                    set.removeLast();
                }
                set.addFirst(new Entry(gpa, shift, own, word));
                tlb.fill(gpa, own, word);
            }
        }
    }

    @Test
    void anUpdateIsNotAUse() {
        NestedTlb pair = new NestedTlb(new Geometry(2, 2, Replacement.LRU), contexts, 1);
        pair.fill(0x1000, context, page(SIZE_4K));
        pair.fill(0x2000, context, page(SIZE_4K));
        pair.update(0x1000, context, page(SIZE_4K) | DIRTY);
        pair.fill(0x3000, context, page(SIZE_4K));
        assertThat(pair.peek(0x1000, context)).isEqualTo(MISS);
        assertThat(pair.peek(0x2000, context)).isEqualTo(page(SIZE_4K));
    }
}
