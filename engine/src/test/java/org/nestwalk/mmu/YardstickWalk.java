package org.nestwalk.mmu;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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

/// The machine whose counts are the yardstick: two TLBs and a four-by-four-level walk with the
/// guest's paging-structure caches, and optionally a nested TLB and caches.
///
/// Tables are built here by hand, frame by frame in the order of first touch, because the counts of
/// the caches depend on where tables lie; only what is under test is the product's.
final class YardstickWalk {
    private static final int ROOT = 4;

    long firstLevelMisses;
    long walks;
    long references;
    long nestedHits;
    final long[] startedAt = new long[ROOT + 1];
    final long[] served = new long[4];

    private final boolean useNested;
    private final boolean useCaches;
    private final TranslationContexts contexts = new TranslationContexts();
    private final int context = contexts.of(1, 0, 1);
    private final int guestPhysical = contexts.ofGuestPhysical(1);
    private final Tlb first = tlb(64, 4);
    private final Tlb second = tlb(1536, 12);
    private final PagingStructureCaches structures =
            new PagingStructureCaches(PagingStructureCachesTest.yardstick(), contexts, 1);
    private final NestedTlb nested =
            new NestedTlb(new Geometry(64, 4, Replacement.LRU), contexts, 1);
    private final CacheHierarchy caches =
            new CacheHierarchy(CacheHierarchyTest.yardstick(), 200, 1);

    // Entries by host frame * 512 + index: the number of the next frame, or 0.
    private final long[] entries = new long[2048 * 512];
    private final Map<Long, Long> hostFrameOf = new HashMap<>();
    private long frames;
    private long guestFrames = 0x100;
    private final long eptRoot = frames++;
    private final long guestRoot = newGuestTable();

    YardstickWalk(boolean useNested, boolean useCaches) {
        this.useNested = useNested;
        this.useCaches = useCaches;
    }

    private Tlb tlb(int entries, int ways) {
        Geometry geometry = new Geometry(entries, ways, Replacement.LRU);
        Set<PageSize> sizes = EnumSet.of(PageSize.SIZE_4K);
        return new Tlb(new TlbModel("T", TlbModel.Serves.DATA, sizes, geometry, 0), contexts, 1);
    }

    /// Maps the pages of a stream, guest frames scattered and host frames in order.
    void map(long[] stream) {
        Set<Long> seen = new HashSet<>();
        for (long address : stream) {
            long page = address >>> 12;
            if (seen.add(page)) {
                long nth = seen.size() - 1L;
                long guestFrame = (1L << 20) + ((nth * 0x9e3779b1L) & ((1L << 19) - 1));
                mapGuest(page, guestFrame);
                mapHost(guestFrame, (1L << 22) + nth);
            }
        }
    }

    /// Runs a mapped stream and returns the sum of the host-physical addresses.
    long run(long[] stream) {
        long sum = 0;
        for (long gva : stream) {
            long word = first.lookup(gva, context);
            if (word == Translation.MISS) {
                firstLevelMisses++;
                word = second.lookup(gva, context);
                if (word == Translation.MISS) {
                    word = Translation.of(walk(gva) << 12, 0, 0, 0, 0);
                    second.fill(gva, context, word);
                }
                first.fill(gva, context, word);
            }
            sum += Translation.physical(word, gva);
        }
        return sum;
    }

    private long walk(long gva) {
        walks++;
        int level = structures.findDeepest(gva, context);
        startedAt[level]++;
        long table = level == 0 ? host(guestRoot) : structures.payload();
        int from = level == 0 ? ROOT : level - 1;
        for (int at = from; at > 1; at--) {
            table = host(reference(table, gva >>> (3 + 9 * at)));
            structures.insert(at, gva, context, table);
        }
        return host(reference(table, gva >>> 12));
    }

    private long host(long guestFrame) {
        if (useNested) {
            long word = nested.lookup(guestFrame << 12, guestPhysical);
            if (word != Translation.MISS) {
                nestedHits++;
                return SecondLevelTranslation.address(word, 0) >>> 12;
            }
        }
        long frame = eptRoot;
        for (int at = ROOT; at > 0; at--) {
            frame = reference(frame, guestFrame >>> (9 * (at - 1)));
        }
        if (useNested) {
            long word = SecondLevelTranslation.pack(frame << 12, 1, 1, 6);
            nested.fill(guestFrame << 12, guestPhysical, word);
        }
        return frame;
    }

    private long reference(long frame, long number) {
        references++;
        long entry = frame * 512 + (number & 511);
        if (useCaches) {
            served[caches.access(entry * 8)]++;
        }
        return entries[(int) entry];
    }

    private long newGuestTable() {
        long guestFrame = guestFrames++;
        long frame = frames++;
        hostFrameOf.put(guestFrame, frame);
        mapHost(guestFrame, frame);
        return guestFrame;
    }

    private void mapHost(long guestFrame, long frame) {
        long table = eptRoot;
        for (int at = ROOT; at > 1; at--) {
            int entry = (int) (table * 512 + ((guestFrame >>> (9 * (at - 1))) & 511));
            if (entries[entry] == 0) {
                entries[entry] = frames++;
            }
            table = entries[entry];
        }
        entries[(int) (table * 512 + (guestFrame & 511))] = frame;
    }

    private void mapGuest(long page, long guestFrame) {
        long table = guestRoot;
        for (int at = ROOT; at > 1; at--) {
            int entry = (int) (frameOf(table) * 512 + ((page >>> (9 * (at - 1))) & 511));
            if (entries[entry] == 0) {
                entries[entry] = newGuestTable();
            }
            table = entries[entry];
        }
        entries[(int) (frameOf(table) * 512 + (page & 511))] = guestFrame;
    }

    private long frameOf(long guestFrame) {
        return hostFrameOf.getOrDefault(guestFrame, 0L);
    }
}
