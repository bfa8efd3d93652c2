package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.Effort;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.NaiveTlb.Entry;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.Tlb;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationContexts;

class TlbTwinTest {
    private static final long[] EP4TAS = {TranslationContexts.NO_EPT, 7, 8};

    @ParameterizedTest
    @CsvSource({"64, 4", "48, 12", "72, 72", "30, 6", "16, 1"})
    void agreesWithItsTwinAtEveryStep(int entries, int ways) {
        long seed = 4_711;
        SplittableRandom random = new SplittableRandom(seed);
        Geometry geometry = new Geometry(entries, ways, Replacement.LRU);
        TranslationContexts contexts = new TranslationContexts();
        TlbModel model =
                new TlbModel("T", TlbModel.Serves.BOTH, EnumSet.allOf(PageSize.class), geometry, 0);
        Tlb fast = new Tlb(model, contexts, seed);
        NaiveTlb twin = new NaiveTlb(geometry);
        int vpid = 0;
        int pcid = 0;
        long ep4ta = TranslationContexts.NO_EPT;
        long gva = 0;
        for (int step = 0; step < Effort.of(50_000); step++) {
            String at = "seed " + seed + " step " + step;
            // Programs stay in a context and, often, in a page for several accesses.
            if (random.nextInt(4) == 0) {
                vpid = random.nextInt(2);
                pcid = random.nextInt(2);
                ep4ta = EP4TAS[random.nextInt(EP4TAS.length)];
            }
            if (random.nextBoolean()) {
                gva = address(random);
            }
            int context = contexts.of(vpid, pcid, ep4ta);
            long expected = twin.lookup(gva, vpid, pcid, ep4ta);
            assertThat(fast.lookup(gva, context)).as(at).isEqualTo(expected);
            if (expected == 0) {
                int guestSize = random.nextInt(3);
                int size = random.nextInt(guestSize + 1);
                boolean global = random.nextInt(3) == 0;
                long flags = global ? Translation.GLOBAL : 0;
                long word = Translation.of(random.nextLong(), flags, size, guestSize, 0);
                fast.fill(gva, context, word);
                twin.fill(
                        new Entry(
                                vpid,
                                pcid,
                                global,
                                ep4ta,
                                gva,
                                12 + 9 * size,
                                12 + 9 * guestSize,
                                word));
            }
            if (random.nextInt(50) == 0) {
                invalidateBoth(random, fast, twin);
            }
            assertThat(fast.size()).as(at).isEqualTo(twin.size());
        }
    }

    /// Clustered pages in both halves of the address space.
    private static long address(SplittableRandom random) {
        long half = random.nextBoolean() ? 0 : -1L << 40;
        long giga = random.nextLong(2) << 30;
        long mega = random.nextLong(3) << 21;
        return half + giga + mega + (random.nextLong(12) << 12) + random.nextLong(4096);
    }

    /// One random operation, its scope stated here once more as a condition on entries.
    private static void invalidateBoth(SplittableRandom random, Tlb fast, NaiveTlb twin) {
        int v = random.nextInt(2);
        int p = random.nextInt(2);
        long ep4ta = EP4TAS[1 + random.nextInt(2)];
        long gva = address(random);
        Predicate<Entry> vpid = e -> e.vpid() == v;
        Predicate<Entry> pcid = e -> e.pcid() == p && !e.global();
        Predicate<Entry> page = e -> e.isOfPageAround(gva);
        Predicate<Entry> combined = e -> e.ep4ta() != TranslationContexts.NO_EPT;
        Predicate<Entry> ept = e -> e.ep4ta() == ep4ta;
        Predicate<Entry> pcidOrGlobal = pcid.or(Entry::global);
        InvalidationScope scope;
        Predicate<Entry> affected;
        switch (random.nextInt(15)) {
            case 0 -> {
                scope = Invalidations.invlpg(v, p, gva);
                affected = vpid.and(pcidOrGlobal).and(page);
            }
            case 1 -> {
                scope = Invalidations.invpcidAddress(v, p, gva);
                affected = vpid.and(pcid).and(page);
            }
            case 2 -> {
                scope = Invalidations.invpcidSingleContext(v, p);
                affected = vpid.and(pcid);
            }
            case 3 -> {
                scope = Invalidations.invpcidAll(v);
                affected = vpid;
            }
            case 4 -> {
                scope = Invalidations.invpcidAllButGlobals(v);
                affected = vpid.and(e -> !e.global());
            }
            case 5 -> {
                scope = Invalidations.movToCr3(v, p);
                affected = vpid.and(pcid);
            }
            case 6 -> {
                scope = Invalidations.pagingModeChange(v);
                affected = vpid;
            }
            case 7 -> {
                scope = Invalidations.smepOrPaeChange(v, p);
                affected = vpid.and(pcidOrGlobal);
            }
            case 8 -> {
                scope = Invalidations.invvpidAddress(v, gva);
                affected = vpid.and(page);
            }
            case 9 -> {
                scope = Invalidations.invvpidAll();
                affected = e -> e.vpid() != 0;
            }
            case 10 -> {
                scope = Invalidations.invvpidSingleContextButGlobals(v);
                affected = vpid.and(e -> !e.global());
            }
            case 11 -> {
                scope = Invalidations.inveptSingleContext(ep4ta);
                affected = ept;
            }
            case 12 -> {
                scope = Invalidations.inveptAll();
                affected = combined;
            }
            case 13 -> {
                scope = Invalidations.eptViolationOfLinear(v, p, ep4ta, gva);
                affected = ept.and(vpid).and(pcidOrGlobal).and(page);
            }
            default -> {
                scope = Invalidations.eptViolation(ep4ta, gva);
                affected = e -> false;
            }
        }
        fast.invalidate(scope);
        twin.removeIf(affected);
    }
}
