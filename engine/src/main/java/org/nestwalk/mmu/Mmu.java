package org.nestwalk.mmu;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.model.MachineModel;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;
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
/// The model is a blocking machine: accesses one after the other, without overlap. A TLB hit uses
/// what the walker granted before; anything it does not grant walks again. Programs run in user
/// mode. No rule of translation is decided here. Not thread-safe.
public final class Mmu {
    private static final long PAGE_OFFSET = 4095;
    private static final int AHEAD = 32;

    // Flags of Translation that an access needs, a byte for each kind of Access: READABLE for
    // loads,
    // DIRTY for stores, USER_EXECUTABLE for fetches, the first two for modifies.
    private static final long NEEDED =
            Translation.READABLE << Byte.SIZE * Access.LOAD
                    | Translation.DIRTY << Byte.SIZE * Access.STORE
                    | Translation.USER_EXECUTABLE << Byte.SIZE * Access.FETCH
                    | (Translation.READABLE | Translation.DIRTY) << Byte.SIZE * Access.MODIFY;
    private static final long STORE_BIT = Access.pack(Access.STORE, 0);

    private final MmuCounts counts = new MmuCounts();
    private final TranslationContexts contexts = new TranslationContexts();
    private final CacheHierarchy hierarchy;
    private final WalkHardware hardware;
    private final WalkerFactory walkers;
    private final AddressSpace space;
    private final @Nullable RepeatedWalks repeated;
    private final TlbSide data;
    private final TlbSide instructions;
    private final boolean dataThroughCaches;
    private final boolean sharedFirstLevel;
    private final boolean remembersLastPage;
    private SecondLevel secondLevel;
    private Walker walker;
    private long root;
    private int context;
    private long walksBefore;

    /// A processor with empty TLBs and caches.
    ///
    /// @param memory host-physical memory, which holds all tables
    /// @param secondLevel second-level tables, or [SecondLevel#NONE]
    /// @param space makes mappings before walks
    /// @param delay of references that reach memory; null for none
    /// @param seed for structures with random replacement
    public Mmu(
            MachineModel model,
            PhysicalMemory memory,
            GuestRegisters registers,
            PagingFeatures features,
            SecondLevel secondLevel,
            AddressSpace space,
            @Nullable MemoryDelay delay,
            long seed) {
        this.root = registers.cr3();
        this.hierarchy = new CacheHierarchy(model.caches(), model.memoryCycles(), delay, seed);
        this.hardware = new WalkHardware(model, contexts, hierarchy, counts, seed);
        this.secondLevel = secondLevel;
        this.walkers =
                (below, visitor, caches) -> {
                    Walker made = new Walker(memory, registers, features, below, visitor, caches);
                    made.loadRoot(root);
                    return made;
                };
        this.walker = walkers.create(secondLevel, hardware, hardware);
        this.space = space;
        boolean paging = (registers.cr0() & ControlRegisters.CR0_PG) != 0;
        this.repeated =
                paging && hardware.isPredictable() ? new RepeatedWalks(hardware, memory) : null;
        TlbLevel[] first = TlbLevel.of(tlbs(model.firstLevelTlbs(), seed));
        TlbLevel[] second = TlbLevel.of(tlbs(model.secondLevelTlbs(), seed + 1));
        this.data = new TlbSide(first[0], second[0]);
        this.instructions = new TlbSide(first[1], second[1]);
        this.dataThroughCaches = model.dataThroughCaches();
        this.sharedFirstLevel =
                model.firstLevelTlbs().stream().anyMatch(tlb -> tlb.serves() == Serves.BOTH);
        this.remembersLastPage =
                !data.first.isEmpty()
                        && !instructions.first.isEmpty()
                        && model.firstLevelTlbs().stream()
                                .noneMatch(tlb -> tlb.geometry().replacement() == Replacement.LFU);
        enter(0, 0, TranslationContexts.NO_EPT);
    }

    /// Makes walkers of the same tables.
    private interface WalkerFactory {
        Walker create(SecondLevel secondLevel, WalkVisitor visitor, WalkCaches caches);
    }

    /// What has been counted so far; goes on counting.
    public MmuCounts counts() {
        return counts;
    }

    /// Makes accesses belong to another context from now on; cached translations stay.
    ///
    /// @param vpid 0 to 65535
    /// @param pcid 0 to 4095
    /// @param ep4ta bits 51:12 of the EPT pointer, or [TranslationContexts#NO_EPT]
    public void enter(int vpid, int pcid, long ep4ta) {
        context = contexts.of(vpid, pcid, ep4ta);
        int guestPhysical =
                ep4ta == TranslationContexts.NO_EPT ? context : contexts.ofGuestPhysical(ep4ta);
        hardware.enter(context, guestPhysical);
        forgetLastPages();
    }

    /// Walks from the root table that `cr3` addresses from now on. What is cached stays: contexts
    /// are told apart by [#enter].
    public void loadRoot(long cr3) {
        walker.loadRoot(cr3);
        root = cr3;
        forgetLastPages();
    }

    /// Walks other second-level tables from now on, as after loading another EPT pointer. What is
    /// cached stays: contexts are told apart by [#enter].
    ///
    /// Precondition: memory's [changes][PhysicalMemory#changes] have grown since the last access,
    /// so that no walk of the old tables is taken for one of the new.
    public void loadSecondLevel(SecondLevel other) {
        secondLevel = other;
        walker = walkers.create(other, hardware, hardware);
        forgetLastPages();
    }

    /// Removes the cached translations that `scope` affects; see [Invalidations].
    public void invalidate(InvalidationScope scope) {
        data.invalidate(scope);
        instructions.invalidate(scope);
        hardware.invalidate(scope);
    }

    /// Performs the accesses of `block` from index `from` up to, not including, `to`, packed by
    /// [Access].
    ///
    /// @throws TranslationFault if an access cannot be translated
    public void run(long[] block, int from, int to) {
        run(block, from, to, null);
    }

    /// As [#run(long[],int,int)], also telling where the data is.
    ///
    /// @param physical gets the host-physical address of each access, at its index in `block`
    /// @throws TranslationFault if an access cannot be translated; all before it have been made
    public void run(long[] block, int from, int to, long @Nullable [] physical) {
        int seen = from;
        for (int i = from; i < to; i++) {
            long access = block[i];
            TlbSide side = sideOf(access);
            TlbSide last = sharedFirstLevel ? data : side;
            long gva = Access.address(access);
            long translation = last.lastTranslation;
            boolean again = gva >>> 12 == last.lastPage;
            if (!again || !grants(translation, access)) {
                if (i >= seen) {
                    seen = lookAhead(block, i, to);
                }
                translation = translate(access, gva, side);
                if (remembersLastPage) {
                    last.lastPage = gva >>> 12;
                    last.lastTranslation = translation;
                }
            }
            if (Access.isWholeLoad(access)) {
                counts.loads++;
            } else {
                countOther(access);
            }
            if (physical != null) {
                physical[i] = Translation.physical(translation, gva);
            }
            if (dataThroughCaches && side == data) {
                chargeData(access, Translation.physical(translation, gva));
            } else if (again && side == data) {
                i = hitLastPage(block, i + 1, to, physical) - 1;
            }
        }
    }

    private void chargeData(long access, long hpa) {
        int server = hierarchy.access(hpa);
        if (!Access.isContinued(access)) {
            counts.dataCycles += hierarchy.cycles(server, MemoryDelay.DATA, hpa);
        }
    }

    private void countOther(long access) {
        if (Access.isContinued(access)) {
            counts.pageCrossings++;
        } else if (Access.isFetch(access)) {
            counts.fetches++;
        } else if (Access.isWrite(access)) {
            counts.stores++;
        } else {
            counts.loads++;
        }
    }

    /// Walks for an access of `type` (bits of [AccessType]) as after a miss in all TLBs, which are
    /// neither looked up nor filled, and tells `observer` every step. Counted like any walk, but
    /// not as an access. Unlike [#run], it allocates, and a fault is a result like any other.
    public WalkResult walk(long gva, int type, WalkObserver observer) {
        space.touch(gva);
        hardware.begin(counts.walks);
        ObservedHardware observed = new ObservedHardware(hardware, hierarchy, counts, observer);
        Walker other = walkers.create(secondLevel, observed, observed);
        other.walk(gva, type);
        return other.result();
    }

    /// Walks for an access of `type` as [#walk] does, and returns its host-physical address.
    ///
    /// @throws TranslationFault if it cannot be translated
    public long walkOrFault(long gva, int type) {
        WalkResult result = walk(gva, type, WalkObserver.NONE);
        if (result.outcome() != Outcome.OK) {
            throw new TranslationFault(result);
        }
        return result.hostPhysicalAddress();
    }

    /// Walks the tables from the root beside the processor: without its caches, and counting
    /// nothing. Flags are set in the tables as by any walk.
    public WalkResult walkFromRoot(long gva, int type, WalkVisitor visitor) {
        Walker other = walkers.create(secondLevel, visitor, WalkCaches.NONE);
        other.walk(gva, type);
        return other.result();
    }

    /// Performs the loads and stores from index `from` on that go to the last page of data: nothing
    /// but counting, in a loop of its own.
    ///
    /// @return the index of the first other access, or `to`
    private int hitLastPage(long[] block, int from, int to, long @Nullable [] physical) {
        long translation = data.lastTranslation;
        boolean writable = (translation & Translation.DIRTY) != 0;
        long ignored = writable ? PAGE_OFFSET | STORE_BIT : PAGE_OFFSET;
        long page = Access.pack(Access.LOAD, data.lastPage << 12);
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
        return i;
    }

    /// Reads ahead what the walks of the next accesses may need, as long as there are walks.
    ///
    /// @return the index from which to do so again
    private int lookAhead(long[] block, int from, int to) {
        int end = Math.min(from + AHEAD, to);
        long walks = counts.walks.walks;
        if (walks != walksBefore) {
            walksBefore = walks;
            if (repeated != null) {
                repeated.lookAhead(block, from, end);
            } else {
                walker.lookAhead(block, from, end);
            }
        }
        return end;
    }

    /// Whether a cached translation decides that `access` is allowed, flags included.
    private static boolean grants(long translation, long access) {
        long needed = NEEDED >>> Access.kind(access) * Byte.SIZE & 0xff;
        return (translation & needed) == needed;
    }

    /// The TLBs that serve `access`.
    TlbSide sideOf(long access) {
        return Access.isFetch(access) ? instructions : data;
    }

    /// The translation of one access as the first-level TLB of its `side` knows it from then on.
    long translate(long access, long gva, TlbSide side) {
        long tag = TranslationTag.of(gva, context);
        long prints = Fingerprints.spread(tag);
        long translation = side.first.lookup(gva, context, tag, prints);
        if (translation == Translation.MISS) {
            translation = missFirst(access, gva, side, tag, prints);
        }
        return grants(translation, access) ? translation : walkAgain(access, gva, side);
    }

    private long missFirst(long access, long gva, TlbSide side, long tag, long prints) {
        if (side == data) {
            counts.l1DataMisses++;
        } else {
            counts.l1InstructionMisses++;
        }
        TlbLevel level = side.second;
        long translation = level.lookup(gva, context, tag, prints);
        if (translation == Translation.MISS) {
            if (side == data) {
                counts.l2DataMisses++;
            } else {
                counts.l2InstructionMisses++;
            }
            translation = walk(gva, accessType(access), counts.walks);
            level.fill(gva, context, tag, prints, translation);
        } else {
            counts.tlbCycles += level.hitCycles();
        }
        long filled = side.first.fill(gva, context, tag, prints, translation);
        if (Translation.has(filled, Translation.SPLINTERED)) {
            counts.splinteredFills++;
        }
        return filled;
    }

    private static int accessType(long access) {
        if (Access.isFetch(access)) {
            return AccessType.FETCH | AccessType.USER;
        }
        return (Access.isWrite(access) ? AccessType.WRITE : AccessType.READ) | AccessType.USER;
    }

    /// An access that the cached translation does not allow as it is: mostly the first write
    /// through a clean one, for which another walk sets the dirty flags (Intel SDM volume 3A,
    /// section 4.8); otherwise a walk finds whether tables have come to allow it. What it finds is
    /// cached.
    private long walkAgain(long access, long gva, TlbSide side) {
        long translation = walk(gva, accessType(access), counts.dirtyWalks);
        side.second.update(gva, context, translation);
        return side.first.update(gva, context, translation);
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
        repeated.keep(gva, type, kind, translation);
        return translation;
    }

    private long make(long gva, int type) {
        space.touch(gva);
        Outcome outcome = walker.walk(gva, type);
        WalkResult result = walker.result();
        if (outcome != Outcome.OK) {
            throw new TranslationFault(result);
        }
        return Translation.of(result);
    }

    private void forgetLastPages() {
        data.forgetLastPage();
        instructions.forgetLastPage();
    }

    private List<Tlb> tlbs(List<TlbModel> models, long seed) {
        List<Tlb> tlbs = new ArrayList<>();
        for (TlbModel model : models) {
            tlbs.add(new Tlb(model, contexts, seed + tlbs.size()));
        }
        return tlbs;
    }
}
