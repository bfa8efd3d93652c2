package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.NaiveTlb.Entry;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;
import org.nestwalk.mmu.sets.Fingerprints;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.Tlb;
import org.nestwalk.mmu.tlb.TlbLevel;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.mmu.tlb.TranslationTag;
import org.nestwalk.random.Xoshiro256;

/// Levels of several TLBs for some page sizes each, beside lists of [NaiveTlb]s.
class TlbLevelTwinTest {
    private static final int VPID = 1;
    private static final long EP4TA = 5;
    private static final PageSize S4K = PageSize.SIZE_4K;
    private static final PageSize S2M = PageSize.SIZE_2M;
    private static final PageSize S1G = PageSize.SIZE_1G;

    /// What a level is made of.
    record Shape(String name, List<TlbModel> models) {
        /// Each TLB with hit cycles of its own.
        static Shape of(String name, TlbModel... models) {
            List<TlbModel> numbered = new ArrayList<>();
            for (TlbModel model : models) {
                numbered.add(
                        new TlbModel(
                                "T" + numbered.size(),
                                model.serves(),
                                model.sizes(),
                                model.geometry(),
                                3 + 4 * numbered.size()));
            }
            return new Shape(name, numbered);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Shape> shapes() {
        TlbModel small = tlb(Serves.BOTH, 16, S4K);
        TlbModel smallData = tlb(Serves.DATA, 16, S4K);
        TlbModel largeData = tlb(Serves.DATA, 8, S2M);
        return List.of(
                Shape.of("one for all", tlb(Serves.BOTH, 16, S4K, S2M, S1G)),
                Shape.of("sizes apart", small, tlb(Serves.BOTH, 8, S2M), tlb(Serves.BOTH, 4, S1G)),
                Shape.of(
                        "sides apart",
                        smallData,
                        tlb(Serves.DATA, 8, S2M, S1G),
                        tlb(Serves.INSTRUCTION, 16, S4K, S2M)),
                Shape.of("large first", largeData, small),
                Shape.of("small twice", tlb(Serves.DATA, 8, S4K), tlb(Serves.BOTH, 32, S4K, S2M)),
                Shape.of("small only", smallData, tlb(Serves.INSTRUCTION, 8, S4K)),
                Shape.of("nothing small", largeData, tlb(Serves.INSTRUCTION, 4, S1G)),
                Shape.of("data only", tlb(Serves.DATA, 16, S4K, S2M)),
                Shape.of("odd sets", tlb(Serves.BOTH, 12, S4K), tlb(Serves.BOTH, 24, S2M, S1G)));
    }

    private static TlbModel tlb(Serves serves, int entries, PageSize... sizes) {
        return new TlbModel(
                "T",
                serves,
                EnumSet.copyOf(Arrays.asList(sizes)),
                new Geometry(entries, 4, Replacement.LRU),
                0);
    }

    /// A level as the twin sees it: indices of the TLBs that serve its side.
    private static final class Twin {
        final List<TlbModel> models = new ArrayList<>();
        final List<NaiveTlb> tlbs = new ArrayList<>();
        int hitCycles;

        Twin(List<TlbModel> all, List<NaiveTlb> naive, Serves side) {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).serves() == side || all.get(i).serves() == Serves.BOTH) {
                    models.add(all.get(i));
                    tlbs.add(naive.get(i));
                }
            }
        }

        long lookup(long gva, int pcid) {
            for (int i = 0; i < tlbs.size(); i++) {
                long word = tlbs.get(i).lookup(gva, VPID, pcid, EP4TA);
                if (word != 0) {
                    hitCycles = models.get(i).hitCycles();
                    return word;
                }
            }
            return 0;
        }

        private boolean holds(int tlb, int size) {
            return models.get(tlb).sizes().contains(PageSize.ofLevel(size + 1));
        }

        /// The translation as the largest page that the level can hold, or as it is.
        long fitting(long gva, long word) {
            for (int size = Translation.size(word); size >= 0; size--) {
                for (int tlb = 0; tlb < tlbs.size(); tlb++) {
                    if (holds(tlb, size)) {
                        return size == Translation.size(word)
                                ? word
                                : Translation.splinter(word, gva, size);
                    }
                }
            }
            return word;
        }

        /// An entry of another size, or of another scope, is filled anew: by the TLBs that had one
        /// if they hold that size, or else by all that do.
        void update(long gva, int pcid, long word) {
            int size = Translation.size(word);
            boolean dropped = false;
            boolean kept = false;
            for (int tlb = 0; tlb < tlbs.size(); tlb++) {
                List<Entry> known = tlbs.get(tlb).entriesFor(gva, VPID, pcid, EP4TA);
                if (known.isEmpty()) {
                    continue;
                }
                if (known.getFirst().shift() == Translation.shift(size)
                        && known.getFirst().global() == Translation.has(word, Translation.GLOBAL)) {
                    tlbs.get(tlb).replace(gva, VPID, pcid, EP4TA, word);
                } else {
                    tlbs.get(tlb).removeIf(known::contains);
                    fill(tlb, gva, pcid, word);
                }
                kept |= holds(tlb, size);
                dropped |= !holds(tlb, size);
            }
            if (dropped && !kept) {
                fill(gva, pcid, word);
            }
        }

        void fill(long gva, int pcid, long word) {
            for (int tlb = 0; tlb < tlbs.size(); tlb++) {
                fill(tlb, gva, pcid, word);
            }
        }

        private void fill(int tlb, long gva, int pcid, long word) {
            int size = Translation.size(word);
            if (holds(tlb, size)) {
                tlbs.get(tlb)
                        .fill(
                                new Entry(
                                        VPID,
                                        pcid,
                                        Translation.has(word, Translation.GLOBAL),
                                        EP4TA,
                                        gva,
                                        Translation.shift(size),
                                        Translation.shift(Translation.guestSize(word)),
                                        word));
            }
        }
    }

    /// A page's size, and whether it is global, depend on where it is.
    private static long translation(long gva, boolean dirty) {
        int guest = (int) (gva >>> 32) & 3;
        int size = guest == 3 ? 0 : guest;
        long flags =
                ((gva >>> 34 & 1) != 0 ? Translation.GLOBAL : 0) | (dirty ? Translation.DIRTY : 0);
        return Translation.of(gva * 7 & -4096, flags, size, Math.min(guest, 2), 0);
    }

    private static long address(Xoshiro256 random) {
        long small = random.nextBelow(2) == 0 ? 0 : random.nextBelow(24) << 32;
        return small
                | random.nextBelow(2) << 30
                | random.nextBelow(3) << 21
                | random.nextBelow(7) << 12;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void agreesWithItsTwinAtEveryStep(Shape shape) {
        TranslationContexts contexts = new TranslationContexts();
        List<Tlb> tlbs = new ArrayList<>();
        List<NaiveTlb> naive = new ArrayList<>();
        for (TlbModel model : shape.models) {
            tlbs.add(new Tlb(model, contexts, 1));
            naive.add(new NaiveTlb(model.geometry()));
        }
        TlbLevel[] levels = TlbLevel.of(tlbs);
        Twin[] twins = {
            new Twin(shape.models, naive, Serves.DATA),
            new Twin(shape.models, naive, Serves.INSTRUCTION)
        };
        long seed = 21;
        Xoshiro256 random = new Xoshiro256(seed);
        for (int step = 0; step < 6_000; step++) {
            int side = random.nextBelow(3) == 0 ? 1 : 0;
            int pcid = (int) random.nextBelow(2);
            // At first nothing but small pages.
            long gva = step < 1_000 ? random.nextBelow(40) << 12 : address(random);
            long tag = TranslationTag.of(gva, contexts.of(VPID, pcid, EP4TA));
            long prints = Fingerprints.spread(tag);
            String at = "%s, seed %d, step %d".formatted(shape, seed, step);
            long expected = twins[side].lookup(gva, pcid);
            long found = levels[side].lookup(tag, prints);
            assertThat(found).as(at).isEqualTo(expected);
            if (found != 0) {
                assertThat(levels[side].hitCycles()).as(at).isEqualTo(twins[side].hitCycles);
            }
            if (found == 0) {
                long word = translation(gva, false);
                long fitting = twins[side].fitting(gva, word);
                assertThat(levels[side].fill(tag, prints, word)).as(at).isEqualTo(fitting);
                twins[side].fill(gva, pcid, fitting);
            } else if (random.nextBelow(4) == 0) {
                long word = translation(gva, random.nextBelow(2) == 0);
                long fitting = twins[side].fitting(gva, word);
                assertThat(levels[side].update(tag, word)).as(at).isEqualTo(fitting);
                twins[side].update(gva, pcid, fitting);
            }
            if (random.nextBelow(60) == 0) {
                forget(levels, naive, pcid, gva);
            }
            if (random.nextBelow(1_500) == 0) {
                for (TlbLevel level : levels) {
                    level.invalidate(Invalidations.invpcidAll(VPID));
                }
                naive.forEach(tlb -> tlb.removeIf(entry -> true));
            }
        }
    }

    private static void forget(TlbLevel[] levels, List<NaiveTlb> naive, int pcid, long gva) {
        for (TlbLevel level : levels) {
            level.invalidate(Invalidations.invlpg(VPID, pcid, gva));
        }
        naive.forEach(tlb ->
                tlb.removeIf(entry ->
                        entry.isOfPageAround(gva) && (entry.global() || entry.pcid() == pcid)));
    }
}
