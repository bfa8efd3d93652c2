package org.nestwalk.mmu.walk;

import org.jspecify.annotations.Nullable;
import org.nestwalk.memory.NumberSet;
import org.nestwalk.mmu.cache.CacheHierarchy;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.count.WalkCounts;
import org.nestwalk.mmu.model.PageWalkCacheModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.NestedTlb;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.WalkCaches;
import org.nestwalk.paging.WalkVisitor;

/// What a processor's page walker has around it: paging-structure caches of both dimensions, the
/// nested TLB, a page walk cache, and the cache hierarchy that its references go through. Sees
/// every step of a walk and charges it to the account.
public final class WalkHardware implements WalkVisitor, WalkCaches {
    private static final int LINE_SHIFT = 6;

    private final PagingStructureCaches guestCaches;
    private final PagingStructureCaches secondCaches;
    private final @Nullable NestedTlb nestedTlb;
    private final @Nullable PageWalkCache pageWalkCache;
    private final CacheHierarchy hierarchy;
    private final MmuCounts counts;
    private final boolean countsOnly;
    private final int memoryServer;
    private final NumberSet linesSeen = new NumberSet();
    private final int memoryCycles;
    private final int firstCache;
    private final boolean hasGuestCaches;
    private final boolean hasSecondCaches;
    private final int structureCacheCycles;
    private final int nestedTlbCycles;
    private final int assistCycles;
    private WalkCounts walks;
    private int context;
    private int guestPhysicalContext;
    private boolean startIsKnown;
    private int foundStart;
    private long lastTable;

    // What the last walk refers to, with the dimension in bit 0: all of any short enough to repeat.
    private final long[] lastReferences = new long[WalkTable.MOST_REFERENCES];
    private int referencesSeen;

    // How often it was said that references are made at once, and cycles of the slowest so far.
    private int together;
    private int longest;

    public WalkHardware(
            ProcessorModel model,
            TranslationContexts contexts,
            CacheHierarchy hierarchy,
            MmuCounts counts,
            long seed) {
        this.guestCaches =
                new PagingStructureCaches(
                        model.translation().walkCaches().guestStructureCaches(), contexts, seed);
        this.secondCaches =
                new PagingStructureCaches(
                        model.translation().walkCaches().secondStructureCaches(), contexts, seed);
        this.nestedTlb =
                model.translation().walkCaches().nestedTlb() == null
                        ? null
                        : new NestedTlb(
                                model.translation().walkCaches().nestedTlb(), contexts, seed);
        this.hierarchy = hierarchy;
        this.counts = counts;
        this.walks = counts.walks;
        this.countsOnly = hierarchy.levels() == 0 && hierarchy.isUniform();
        this.memoryServer = hierarchy.levels() == 0 ? -1 : hierarchy.levels();
        this.memoryCycles = model.memory().memoryCycles();
        PageWalkCacheModel entries = model.memory().pageWalkCache();
        this.pageWalkCache = entries == null ? null : new PageWalkCache(entries, seed);
        this.firstCache = entries == null ? 0 : 1;
        this.hasGuestCaches = !model.translation().walkCaches().guestStructureCaches().isEmpty();
        this.hasSecondCaches = !model.translation().walkCaches().secondStructureCaches().isEmpty();
        this.structureCacheCycles = model.translation().walkCaches().structureCacheCycles();
        this.nestedTlbCycles = model.translation().walkCaches().nestedTlbCycles();
        this.assistCycles = model.costs().assistCycles();
    }

    /// Sets the contexts whose mappings the caches keep and find.
    public void enter(int context, int guestPhysicalContext) {
        this.context = context;
        this.guestPhysicalContext = guestPhysicalContext;
    }

    /// Counts the walk that follows, and what it references, as one of `kind`.
    public void begin(WalkCounts kind) {
        if (walks != kind) {
            // Seldom: a store of a reference costs the collector's bookkeeping.
            walks = kind;
        }
        kind.walks++;
        startIsKnown = false;
        referencesSeen = 0;
    }

    /// Which level would serve a reference, changing nothing: 0 is the page walk cache, if there is
    /// one.
    int peek(int dimension, int level, long hpa) {
        return pageWalkCache != null && pageWalkCache.holds(dimension, level, hpa)
                ? 0
                : hierarchy.peek(hpa, firstCache);
    }

    /// A visitor of walks that are made beside the processor to prepare tables for it. Of them are
    /// counted, as of its own, the flags that they update; and the lines that they refer to have
    /// been read before when its walks come to them.
    public WalkVisitor preparing() {
        return new WalkVisitor() {
            @Override
            public void reference(int dimension, int level, long hpa, long entry) {
                boolean _ = linesSeen.add(hpa >>> LINE_SHIFT);
            }

            @Override
            public void flagUpdate(int dimension, int level, long hpa, long entry) {
                WalkHardware.this.flagUpdate(dimension, level, hpa, entry);
            }
        };
    }

    boolean hasGuestCaches() {
        return hasGuestCaches;
    }

    boolean hasSecondCaches() {
        return hasSecondCaches;
    }

    boolean hasNestedTlb() {
        return nestedTlb != null;
    }

    public void invalidate(InvalidationScope scope) {
        guestCaches.invalidate(scope);
        secondCaches.invalidate(scope);
        if (nestedTlb != null) {
            nestedTlb.invalidate(scope);
        }
        if (pageWalkCache != null) {
            pageWalkCache.clear();
        }
    }

    @Override
    public void reference(int dimension, int level, long hpa, long entry) {
        if (referencesSeen < lastReferences.length) {
            lastReferences[referencesSeen++] = hpa | dimension;
        }
        if (pageWalkCache != null && pageWalkCache.serves(dimension, level, hpa)) {
            charge(dimension, hpa, 0, pageWalkCache.hitCycles());
        } else {
            charge(dimension, hpa);
        }
    }

    private void charge(int dimension, long hpa) {
        int server = hierarchy.access(hpa, firstCache);
        charge(dimension, hpa, server, hierarchy.cycles(server, dimension, hpa));
    }

    private void charge(int dimension, long hpa, int server, int cycles) {
        if (together > 0) {
            counts.walkCycles += Math.max(0, cycles - longest);
            longest = Math.max(longest, cycles);
        } else {
            counts.walkCycles += cycles;
        }
        walks.countReferences(dimension, server, 1);
        if (server == memoryServer && linesSeen.add(hpa >>> LINE_SHIFT)) {
            counts.coldReferences++;
            counts.coldCycles += cycles;
        }
    }

    @Override
    public void together(boolean begins) {
        together += begins ? 1 : -1;
        if (together == 0) {
            longest = 0;
        }
    }

    @Override
    public boolean countsOnly() {
        return countsOnly;
    }

    @Override
    public void references(int dimension, int count) {
        counts.walkCycles += (long) count * memoryCycles;
        walks.countReferences(dimension, 0, count);
    }

    @Override
    public boolean keepsSecondTables() {
        return hasSecondCaches;
    }

    @Override
    public void flagUpdate(int dimension, int level, long hpa, long entry) {
        counts.flagUpdates++;
        counts.walkCycles += assistCycles;
        counts.flagCycles += assistCycles;
    }

    /// Whether where a walk starts and the tables alone decide what it refers to and tells the
    /// caches: there are no caches but the guest's paging-structure caches and data caches.
    public boolean isPredictable() {
        return hasGuestCaches && !hasSecondCaches && nestedTlb == null && pageWalkCache == null;
    }

    /// Searches the guest's caches before the walk of `gva` that comes next, which will start where
    /// they say. Returns what [#guestStart] will.
    int findGuestStart(long gva) {
        foundStart = guestCaches.findDeepest(gva, context);
        startIsKnown = true;
        return foundStart == 0 ? 0 : foundStart - 1;
    }

    /// The table that the last walk found last.
    long lastTable() {
        return lastTable;
    }

    /// What the last walk has referred to since [#begin], in order, as [#repeatReference] takes it;
    /// no more than a [WalkTable] keeps.
    long[] lastReferences() {
        return lastReferences;
    }

    /// Does what the walk of `gva` that [#findGuestStart] announced would do, which is known from
    /// an earlier one, but for its references.
    ///
    /// @param start where it starts, not 0
    /// @param secondWalks second-level walks, all from the root
    /// @param table the one it finds one level below, or 0
    void repeat(long gva, int start, int secondWalks, long table) {
        startIsKnown = false;
        walks.starts[start + 1]++;
        walks.secondStarts[0] += secondWalks;
        counts.walkCycles += structureCacheCycles;
        if (table != 0) {
            guestCaches.insert(start, gva, context, table);
        }
    }

    /// Makes one of the references of [#lastReferences] again.
    void repeatReference(long reference) {
        charge((int) reference & 1, reference);
    }

    @Override
    public int guestStart(long gva) {
        if (!hasGuestCaches) {
            walks.starts[0]++;
            return 0;
        }
        counts.walkCycles += structureCacheCycles;
        int found = startIsKnown ? foundStart : guestCaches.findDeepest(gva, context);
        startIsKnown = false;
        walks.starts[found]++;
        return found == 0 ? 0 : found - 1;
    }

    @Override
    public long guestTable() {
        return guestCaches.payload();
    }

    @Override
    public void guestTableFound(int level, long gva, long table) {
        lastTable = table;
        if (hasGuestCaches) {
            guestCaches.insert(level + 1, gva, context, table);
        }
    }

    @Override
    public long nested(long gpa, long needed) {
        if (nestedTlb == null) {
            return 0;
        }
        counts.walkCycles += nestedTlbCycles;
        long translation = nestedTlb.lookup(gpa, guestPhysicalContext);
        if (translation == 0 || (translation & needed) != needed) {
            return 0;
        }
        walks.nestedTlbHits++;
        return translation;
    }

    @Override
    public void nestedFound(long gpa, long translation) {
        if (nestedTlb != null && !nestedTlb.update(gpa, guestPhysicalContext, translation)) {
            nestedTlb.fill(gpa, guestPhysicalContext, translation);
        }
    }

    @Override
    public int secondStart(long gpa) {
        if (!hasSecondCaches) {
            walks.secondStarts[0]++;
            return 0;
        }
        counts.walkCycles += structureCacheCycles;
        int found = secondCaches.findDeepest(gpa, guestPhysicalContext);
        walks.secondStarts[found]++;
        return found == 0 ? 0 : found - 1;
    }

    @Override
    public long secondTable() {
        return secondCaches.payload();
    }

    @Override
    public void secondTableFound(int level, long gpa, long table) {
        if (hasSecondCaches) {
            secondCaches.insert(level + 1, gpa, guestPhysicalContext, table);
        }
    }
}
