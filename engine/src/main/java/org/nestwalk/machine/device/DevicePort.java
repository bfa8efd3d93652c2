package org.nestwalk.machine.device;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.iommu.DeviceEnd;
import org.nestwalk.iommu.PageRequests;
import org.nestwalk.iommu.RemappingUnit;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.InvalidationScope.Extent;
import org.nestwalk.mmu.tlb.MappingKind;
import org.nestwalk.mmu.tlb.NestedTlb;
import org.nestwalk.mmu.tlb.TranslationContexts;

/// A device's way to memory: its accesses are translated by the IOMMU, or by the device's own TLB
/// (ATS), which the IOMMU fills and has to have invalidated.
///
/// A write may be *posted*: it is translated, and reaches memory later, at the latest when the
/// IOMMU drains ([DeviceEnd#drain]). Invalidations of the device's TLB arrive at once, and are done
/// as time passes ([#work]). Not thread-safe.
public final class DevicePort implements DeviceEnd {
    /// What [#read] returns of an access that is refused: all ones, as on the bus.
    public static final long REFUSED = -1;

    /// Bytes of a request, at most: payload of a packet on the bus, as usual.
    public static final int REQUEST_BYTES = 256;

    private static final Set<MappingKind> KINDS = Set.of(MappingKind.GUEST_PHYSICAL);

    private final RemappingUnit unit;
    private final int source;
    private final PhysicalMemory memory;
    private final @Nullable NestedTlb tlb;
    private final int context;
    private final Deque<Posted> posted = new ArrayDeque<>();
    private final Deque<Stale> stale = new ArrayDeque<>();
    private final Map<Integer, Boolean> answers = new HashMap<>();
    private final List<DmaObserver> observers = new ArrayList<>();
    private boolean refused;
    private boolean hung;
    private int groups;
    private long tlbHits;
    private long accesses;

    private record Posted(long address, long hpa, long value) {}

    private record Stale(long address, long bytes) {}

    /// A device that is connected to `unit`.
    ///
    /// @param source bus, device and function, 16 bits
    /// @param memory host-physical memory
    /// @param tlbEntries of its own TLB; 0 for none
    public DevicePort(RemappingUnit unit, int source, PhysicalMemory memory, int tlbEntries) {
        this.unit = unit;
        this.source = source;
        this.memory = memory;
        TranslationContexts contexts = new TranslationContexts();
        this.context = contexts.ofGuestPhysical(0);
        this.tlb =
                tlbEntries == 0
                        ? null
                        : new NestedTlb(
                                new Geometry(tlbEntries, tlbEntries, Replacement.LRU), contexts, 1);
        unit.connect(source, this);
    }

    /// Bus, device and function.
    public int source() {
        return source;
    }

    /// Whether it has a TLB of its own.
    public boolean hasTlb() {
        return tlb != null;
    }

    /// Has `observer` see all that it does to memory.
    public void observe(DmaObserver observer) {
        if (!observers.contains(observer)) {
            observers.add(observer);
        }
    }

    private void tell(long address, long hpa, boolean write) {
        for (DmaObserver observer : observers) {
            observer.performed(this, address, hpa, write);
        }
    }

    /// Reads the word at `address`, a multiple of 8; [#REFUSED] if that is refused ([#isRefused]).
    public long read(long address) {
        long hpa = translate(address, false);
        if (hpa == -1) {
            return REFUSED;
        }
        tell(address, hpa, false);
        return memory.read(hpa);
    }

    /// Writes the word at `address`, a multiple of 8. Returns whether that was allowed.
    public boolean write(long address, long value) {
        long hpa = translate(address, true);
        if (hpa != -1) {
            perform(new Posted(address, hpa, value));
        }
        return hpa != -1;
    }

    /// Writes `words` words from `address` on, `first` and the numbers after it, in requests of up
    /// to [#REQUEST_BYTES]. Returns false, with nothing written behind it, at the first that is
    /// refused.
    public boolean writeAll(long address, long first, int words) {
        for (int done = 0; done < words; ) {
            long at = address + (long) done * Long.BYTES;
            long hpa = translate(at, true);
            if (hpa == -1) {
                return false;
            }
            int end = Math.min(words, done + wordsInRequest(at));
            for (int i = done; i < end; i++) {
                long offset = (long) (i - done) * Long.BYTES;
                perform(new Posted(at + offset, hpa + offset, first + i));
            }
            done = end;
        }
        return true;
    }

    /// Reads as many words as `into` has, as [#writeAll] writes them.
    public boolean readAll(long address, long[] into) {
        for (int done = 0; done < into.length; ) {
            long at = address + (long) done * Long.BYTES;
            long hpa = translate(at, false);
            if (hpa == -1) {
                return false;
            }
            int end = Math.min(into.length, done + wordsInRequest(at));
            for (int i = done; i < end; i++) {
                long offset = (long) (i - done) * Long.BYTES;
                tell(at + offset, hpa + offset, false);
                into[i] = memory.read(hpa + offset);
            }
            done = end;
        }
        return true;
    }

    /// Words up to the next multiple of [#REQUEST_BYTES].
    private static int wordsInRequest(long address) {
        return (int) (REQUEST_BYTES - (address & REQUEST_BYTES - 1)) / Long.BYTES;
    }

    /// Reads the word at a host-physical address, as a device does that says it had it translated;
    /// [#REFUSED] if it may have no TLB. A unit has no way to know better (VT-d specification,
    /// section 4.2.5).
    public long readTranslated(long hpa) {
        refused = !unit.admitsTranslated(source, hpa, false);
        return refused ? REFUSED : memory.read(hpa);
    }

    /// As [#write], but the write is on its way for a time.
    public boolean post(long address, long value) {
        long hpa = translate(address, true);
        if (hpa != -1) {
            posted.add(new Posted(address, hpa, value));
        }
        return hpa != -1;
    }

    /// Whether the last access was refused.
    public boolean isRefused() {
        return refused;
    }

    /// Writes that are on their way.
    public int inFlight() {
        return posted.size();
    }

    /// The oldest write that is on its way, if there is one, reaches memory.
    public void land() {
        Posted write = posted.poll();
        if (write != null) {
            perform(write);
        }
    }

    private void perform(Posted write) {
        tell(write.address, write.hpa, true);
        memory.store(write.hpa, write.value);
    }

    @Override
    public void drain() {
        while (!posted.isEmpty()) {
            land();
        }
    }

    private long translate(long address, boolean write) {
        accesses++;
        long translation =
                tlb == null
                        ? unit.translate(source, RemappingUnit.NO_PASID, address, write)
                        : throughTlb(tlb, address, write);
        refused = translation == 0;
        return refused ? -1 : SecondLevelTranslation.address(translation, address);
    }

    private long throughTlb(NestedTlb tlb, long address, boolean write) {
        long right = write ? SecondLevelTranslation.WRITE : SecondLevelTranslation.READ;
        long known = tlb.lookup(address, context);
        if ((known & right) != 0) {
            tlbHits++;
        } else {
            known = unit.translationRequest(source, RemappingUnit.NO_PASID, address, write);
            if (known == 0) {
                // The answer of ATS is no fault; the access itself, untranslated, is one.
                return unit.translate(source, RemappingUnit.NO_PASID, address, write);
            }
            if (!tlb.update(address, context, known)) {
                tlb.fill(address, context, known);
            }
            if ((known & right) == 0) {
                return unit.translate(source, RemappingUnit.NO_PASID, address, write);
            }
        }
        long hpa = SecondLevelTranslation.address(known, address);
        return unit.admitsTranslated(source, hpa, write) ? known : 0;
    }

    /// What its TLB has for `address`, as a word of [SecondLevelTranslation], or 0; leaves no
    /// trace.
    public long cached(long address) {
        return tlb == null ? 0 : tlb.peek(address, context);
    }

    /// Asks for the page of `address` to be made present (PRI). Returns the group by which
    /// [#answer] knows it, or -1 if that is refused.
    public int requestPage(long address, boolean write) {
        int group = groups++ & 0x1ff;
        answers.remove(group);
        return unit.requestPage(
                        new PageRequests.Request(
                                source, RemappingUnit.NO_PASID, address & -4096, write, group))
                ? group
                : -1;
    }

    /// How a page request was answered: true if the page is there; null if it was not answered yet.
    public @Nullable Boolean answer(int group) {
        return answers.get(group);
    }

    @Override
    public void respond(int group, boolean success) {
        answers.put(group, success);
    }

    @Override
    public void invalidate(int pasid, long address, long bytes) {
        stale.add(new Stale(address, bytes));
    }

    @Override
    public boolean isInvalidated() {
        return stale.isEmpty();
    }

    @Override
    public void work() {
        Stale next = hung ? null : stale.poll();
        if (next != null && tlb != null) {
            forget(tlb, next);
            drain();
        }
    }

    private void forget(NestedTlb tlb, Stale range) {
        Extent extent = range.bytes == 0 || range.bytes > 1 << 21 ? Extent.ALL : Extent.ADDRESS;
        long end = extent == Extent.ALL ? range.address + 4096 : range.address + range.bytes;
        for (long page = range.address; page < end; page += 4096) {
            tlb.invalidate(
                    new InvalidationScope(
                            KINDS,
                            InvalidationScope.ANY,
                            InvalidationScope.ANY,
                            InvalidationScope.ANY,
                            false,
                            extent,
                            page));
        }
    }

    /// Has it stop answering, or go on.
    public void hang(boolean hangs) {
        hung = hangs;
    }

    /// Resets the device (FLR): what is on its way is lost, its TLB is empty, and all that it was
    /// asked is done.
    public void reset() {
        posted.clear();
        stale.clear();
        answers.clear();
        hung = false;
        if (tlb != null) {
            forget(tlb, new Stale(0, 0));
        }
    }

    /// Accesses that it has made.
    public long accesses() {
        return accesses;
    }

    /// Those that its own TLB served.
    public long tlbHits() {
        return tlbHits;
    }
}
