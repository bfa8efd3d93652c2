package org.nestwalk.mmu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.mmu.cache.CacheHierarchy;
import org.nestwalk.mmu.cache.CacheHierarchyTest;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.tlb.NestedTlb;
import org.nestwalk.mmu.tlb.Tlb;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.mmu.walk.PagingStructureCaches;
import org.nestwalk.mmu.walk.PagingStructureCachesTest;

class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @EnumSource(Replacement.class)
    void lookupsAndFillsDoNotAllocate(Replacement replacement) {
        TranslationContexts contexts = new TranslationContexts();
        Geometry geometry = new Geometry(96, 96, replacement);
        TlbModel model =
                new TlbModel("T", TlbModel.Serves.BOTH, EnumSet.allOf(PageSize.class), geometry, 0);
        Tlb tlb = new Tlb(model, contexts, 1);
        NestedTlb nested = new NestedTlb(new Geometry(64, 4, replacement), contexts, 1);
        PagingStructureCaches structures =
                new PagingStructureCaches(PagingStructureCachesTest.yardstick(), contexts, 1);
        CacheHierarchy caches = new CacheHierarchy(CacheHierarchyTest.yardstick(), 200, 1);
        int context = contexts.of(1, 1, 1);
        int guestPhysical = contexts.ofGuestPhysical(1);
        long[] stream = AccessStreams.zipf(1_000_000);

        long sum = 0;
        long allocated = 0;
        // The first pass loads classes.
        for (int pass = 0; pass < 2; pass++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (long address : stream) {
                if (tlb.lookup(address, context) == Translation.MISS) {
                    tlb.fill(address, context, Translation.of(address, 0, 0, 0, 0));
                    if (structures.findDeepest(address, context) == 0) {
                        structures.insert(2, address, context, 1);
                    }
                }
                if (nested.lookup(address, guestPhysical) == Translation.MISS) {
                    long word = SecondLevelTranslation.pack(address & ~0xfffL, 1, 1, 6);
                    nested.fill(address, guestPhysical, word);
                }
                sum += caches.access(address);
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(sum).isPositive();
        assertThat(allocated).isLessThan(100_000);
    }
}
