package org.nestwalk.mmu;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.cache.CacheHierarchy;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.count.WalkCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.sets.Fingerprints;
import org.nestwalk.mmu.time.OverlapTime;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.LastPage;
import org.nestwalk.mmu.tlb.TlbSide;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.mmu.tlb.TranslationTag;
import org.nestwalk.mmu.walk.ObservedHardware;
import org.nestwalk.mmu.walk.RepeatedWalks;
import org.nestwalk.mmu.walk.WalkHardware;
import org.nestwalk.mmu.walk.WalkObserver;
import org.nestwalk.mmu.walk.WalkerFactory;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.PagingFeatures;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.WalkCaches;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// The memory-management unit of one logical processor: TLBs in front of the walker, and the
/// account of what translation costs.
///
/// Accesses are made and charged one after the other; what of that takes no time, because it
/// overlaps, is found by [OverlapTime]. A TLB hit uses what the walker granted before; anything it
/// does not grant walks again. Programs run in user mode. No rule of translation is decided here.
/// Not thread-safe.
public final class Mmu {
    private static final long PAGE_OFFSET = 4095;
    private static final int AHEAD = 32;
    private static final long STORE_BIT = Access.pack(Access.STORE, 0);

    private final MmuCounts counts = new MmuCounts();
    private final TranslationContexts contexts = new TranslationContexts();
    private final CacheHierarchy hierarchy;
    private final WalkHardware hardware;
    private final WalkerFactory walkers;
    private final AddressSpace space;
    private final @Nullable RepeatedWalks repeated;
    private final @Nullable OverlapTime time;
    private final TlbSide data;
    private final TlbSide instructions;
    private final boolean dataThroughCaches;
    private final boolean paging;
    private SecondLevel secondLevel;
    private Walker walker;
    private long root;
    private long contextTag;
    private long walksBefore;
    private @Nullable SecondLevelObserver observer;

    // The translation of page 0 if there is neither paging nor a second level, where walks differ
    // by nothing but the page; or else a miss.
    private long identity;

    /// A processor with empty TLBs and caches.
    ///
    /// @param memory host-physical memory, which holds all tables
    /// @param secondLevel second-level tables, or [SecondLevel#NONE]
    /// @param space makes mappings before walks
    /// @param delay of references that reach memory; null for none
    /// @param seed for structures with random replacement
    public Mmu(
            ProcessorModel model,
            PhysicalMemory memory,
            GuestRegisters registers,
            PagingFeatures features,
            SecondLevel secondLevel,
            AddressSpace space,
            @Nullable MemoryDelay delay,
            long seed) {
        this.root = registers.cr3();
        this.hierarchy =
                new CacheHierarchy(
                        model.memory().caches(), model.memory().memoryCycles(), delay, seed);
        this.hardware = new WalkHardware(model, contexts, hierarchy, counts, seed);
        this.secondLevel = secondLevel;
        this.walkers =
                (below, visitor, caches) -> {
                    Walker made = new Walker(memory, registers, features, below, visitor, caches);
                    made.loadRoot(root);
                    return made;
                };
        this.paging = (registers.cr0() & ControlRegisters.CR0_PG) != 0;
        this.walker = walkers.create(secondLevel, hardware, hardware);
        this.identity = findIdentity();
        this.space = space;
        this.repeated =
                paging && hardware.isPredictable() ? new RepeatedWalks(hardware, memory) : null;
        TlbSide[] sides = TlbSide.of(model, contexts, seed);
        this.data = sides[0];
        this.instructions = sides[1];
        this.dataThroughCaches = model.memory().dataThroughCaches();
        this.time = OverlapTime.of(model, counts);
        enter(0, 0, TranslationContexts.NO_EPT);
    }

    /// What has been counted so far; goes on counting.
    public MmuCounts counts() {
        return counts;
    }

    /// Tells `who` of all later look-ups of the second-level TLBs.
    public void observe(SecondLevelObserver who) {
        observer = who;
    }

    /// References the line of `hpa` as software beside the programs does. Returns its cycles.
    public int readLine(long hpa) {
        return hierarchy.cycles(hierarchy.access(hpa), MemoryDelay.DATA, hpa);
    }

    /// Sets the context that later accesses belong to; cached translations stay.
    ///
    /// @param vpid 0 to 65535
    /// @param pcid 0 to 4095
    /// @param ep4ta bits 51:12 of the EPT pointer, or [TranslationContexts#NO_EPT]
    public void enter(int vpid, int pcid, long ep4ta) {
        int context = contexts.of(vpid, pcid, ep4ta);
        contextTag = TranslationTag.of(0, Translation.SIZE_4K, context);
        int guestPhysical =
                ep4ta == TranslationContexts.NO_EPT ? context : contexts.ofGuestPhysical(ep4ta);
        hardware.enter(context, guestPhysical);
    }

    /// Makes later walks start at the root table that `cr3` addresses. What is cached stays:
    /// contexts are told apart by [#enter].
    public void loadRoot(long cr3) {
        walker.loadRoot(cr3);
        root = cr3;
    }

    /// Makes later walks use other second-level tables, as after loading another EPT pointer. What
    /// is cached stays: contexts are told apart by [#enter].
    ///
    /// Precondition: memory's [changes][PhysicalMemory#changes] have grown since the last access,
    /// so that no walk of the old tables is taken for one of the new.
    public void loadSecondLevel(SecondLevel other) {
        secondLevel = other;
        walker = walkers.create(other, hardware, hardware);
        identity = findIdentity();
    }

    /// Removes the cached translations that `scope` affects; see
    /// [org.nestwalk.mmu.tlb.Invalidations].
    public void invalidate(InvalidationScope scope) {
        data.invalidate(scope);
        instructions.invalidate(scope);
        hardware.invalidate(scope);
    }

    /// Performs the accesses of `block`, packed by [Access], from index `from` to before `to`.
    public void run(long[] block, int from, int to) {
        run(block, from, to, null);
    }

    /// As [#run(long[],int,int)], also telling where the data is.
    ///
    /// @param physical gets the host-physical address of each access, at its index in `block`
    /// @throws TranslationFault if an access cannot be translated; all before it have been made
    public void run(long[] block, int from, int to, long @Nullable [] physical) {
        int i = from;
        try {
            while (i < to) {
                int end = Math.min(i + AHEAD, to);
                lookAhead(block, i, end);
                while (i < end) {
                    i = access(block, i, to, physical);
                }
            }
        } finally {
            OverlapTime.settle(time, i < to);
        }
    }

    /// Performs the access at index `at`, and, if it goes to the last page of data, those after it
    /// that do so too.
    ///
    /// @return the index of the next access
    private int access(long[] block, int at, int to, long @Nullable [] physical) {
        long access = block[at];
        TlbSide side = sideOf(access);
        LastPage last = side.last;
        long tag = tagOf(access);
        boolean again = tag == last.tag && Translation.grants(last.translation, access);
        long translation = again ? last.translation : translate(access, tag, side);
        if (Access.isWholeLoad(access)) {
            counts.loads++;
        } else {
            counts.countOther(access);
        }
        if (physical != null) {
            physical[at] = Translation.physical(translation, Access.address(access));
        }
        if (side != data) {
            OverlapTime.fetch(time, access, again);
        } else if (dataThroughCaches) {
            chargeData(access, Translation.physical(translation, Access.address(access)));
        } else {
            OverlapTime.access(time, access, 0, false);
            if (again) {
                return hitLastPage(block, at + 1, to, physical);
            }
        }
        return at + 1;
    }

    private void chargeData(long access, long hpa) {
        int server = hierarchy.access(hpa);
        boolean charged = !Access.isContinued(access);
        int cycles = charged ? hierarchy.cycles(server, MemoryDelay.DATA, hpa) : 0;
        counts.dataCycles += cycles;
        OverlapTime.access(time, access, cycles, charged && server != 0);
    }

    /// Walks for an access of `type` (bits of [AccessType]) as after a miss in all TLBs, which are
    /// neither looked up nor filled, and tells `observer` every step. Counted like any walk, but
    /// not as an access. Unlike [#run], it allocates, and a fault is a result like any other.
    public WalkResult walk(long gva, int type, WalkObserver observer) {
        space.touch(gva, type);
        hardware.begin(counts.walks);
        ObservedHardware observed = new ObservedHardware(hardware, counts, observer);
        Walker other = walkers.create(secondLevel, observed, observed);
        other.walk(gva, type);
        OverlapTime.settle(time, true);
        return other.result();
    }

    /// Walks for an access of `type` as [#walk] does, with nobody to tell, and returns its
    /// host-physical address. Allocates nothing.
    ///
    /// @throws TranslationFault if it cannot be translated
    public long walkOrFault(long gva, int type) {
        space.touch(gva, type);
        hardware.begin(counts.walks);
        if (walker.walk(gva, type) != Outcome.OK) {
            throw new TranslationFault(walker.result());
        }
        return walker.result().hostPhysicalAddress();
    }

    /// A walker of the same tables beside the processor, without its caches, that counts nothing.
    ///
    /// @param visitor sees its steps; null for [WalkHardware#preparing]
    public Walker walkerBeside(@Nullable WalkVisitor visitor) {
        WalkVisitor sees = visitor == null ? hardware.preparing() : visitor;
        return walkers.create(secondLevel, sees, WalkCaches.NONE);
    }

    /// Performs the loads and stores from index `from` on that go to the last page of data: nothing
    /// but counting, in a loop of its own.
    ///
    /// @return the index of the first other access, or `to`
    private int hitLastPage(long[] block, int from, int to, long @Nullable [] physical) {
        long translation = data.last.translation;
        boolean writable = (translation & Translation.DIRTY) != 0;
        long ignored =
                (writable ? STORE_BIT : 0) | (time == null ? Access.DISTANCE : 0) | PAGE_OFFSET;
        long page = Access.pack(Access.LOAD, TranslationTag.address(data.last.tag));
        int stores = 0;
        int i = from;
        while (i < to && (block[i] & ~ignored) == page) {
            stores += Access.kind(block[i]);
            if (physical != null) {
                physical[i] = Translation.physical(translation, Access.address(block[i]));
            }
            i++;
        }
        counts.stores += stores;
        counts.loads += i - from - stores;
        OverlapTime.hits(time, i - from);
        return i;
    }

    /// Reads ahead what walks of the accesses from index `from` to `end` may need, if any walks.
    private void lookAhead(long[] block, int from, int end) {
        long walks = counts.walks.walks;
        if (walks != walksBefore) {
            walksBefore = walks;
            if (repeated != null) {
                repeated.lookAhead(block, from, end);
            } else {
                walker.lookAhead(block, from, end);
            }
        }
    }

    /// The TLBs that serve `access`.
    TlbSide sideOf(long access) {
        return Access.isFetch(access) ? instructions : data;
    }

    /// The tag of the 4-KiB page that `access` goes to, in the present context.
    long tagOf(long access) {
        return contextTag | Access.pageNumber(access);
    }

    /// The translation of one access as the first-level TLB of its `side` knows it from then on.
    ///
    /// @param tag of the access's page
    long translate(long access, long tag, TlbSide side) {
        long prints = Fingerprints.spread(tag);
        long translation = side.first.lookup(tag, prints);
        if (translation == Translation.MISS) {
            translation = missFirst(access, side, tag, prints);
        }
        if (!Translation.grants(translation, access)) {
            translation = walkAgain(access, side, tag);
        }
        side.last.remember(tag, translation);
        return translation;
    }

    private long missFirst(long access, TlbSide side, long tag, long prints) {
        boolean fetch = side == instructions;
        counts.countFirstMiss(fetch);
        long translation = side.second.lookup(tag, prints);
        boolean hit = translation != Translation.MISS;
        if (hit) {
            counts.tlbCycles += side.second.hitCycles();
        } else {
            counts.countSecondMiss(fetch);
            translation = walk(Access.address(access), AccessType.ofUser(access), counts.walks);
            side.second.fill(tag, prints, translation);
        }
        if (observer != null) {
            observer.lookedUp(tag, fetch, hit, translation);
        }
        long filled = side.first.fill(tag, prints, translation);
        if (Translation.has(filled, Translation.SPLINTERED)) {
            counts.splinteredFills++;
        }
        return filled;
    }

    /// An access that the cached translation does not allow as it is: mostly the first write
    /// through a clean one, for which another walk sets the dirty flags (Intel SDM volume 3A,
    /// section 4.8); otherwise a walk finds whether tables have come to allow it. What it finds is
    /// cached.
    private long walkAgain(long access, TlbSide side, long tag) {
        long translation =
                walk(Access.address(access), AccessType.ofUser(access), counts.dirtyWalks);
        side.second.update(tag, translation);
        return side.first.update(tag, translation);
    }

    private long walk(long gva, int type, WalkCounts kind) {
        hardware.begin(kind);
        RepeatedWalks repeated = this.repeated;
        if (repeated == null) {
            return make(gva, type);
        }
        long known = repeated.repeat(gva, type, kind);
        if (known != Translation.MISS) {
            return known;
        }
        long translation = make(gva, type);
        // What is written by leave of a sub-page says nothing of the rest of its page.
        if ((type & AccessType.WRITE) == 0 || Translation.has(translation, Translation.WRITABLE)) {
            repeated.keep(gva, type, kind, translation);
        }
        return translation;
    }

    private long make(long gva, int type) {
        space.touch(gva, type);
        if (identity != Translation.MISS) {
            return Translation.ofPage(identity, gva);
        }
        Outcome outcome = walker.walk(gva, type);
        WalkResult result = walker.result();
        if (outcome != Outcome.OK) {
            throw new TranslationFault(result);
        }
        return Translation.of(result);
    }

    private long findIdentity() {
        if (paging || !secondLevel.isIdentity()) {
            return Translation.MISS;
        }
        walker.walk(0, AccessType.READ | AccessType.USER);
        return Translation.of(walker.result());
    }
}
