package org.nestwalk.mmu;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.StructureCacheModel;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.NestedTlb;
import org.nestwalk.mmu.tlb.Tlb;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.mmu.walk.PagingStructureCaches;

/// One entry of every sort in structures large enough to keep them all, by name.
///
/// Names read `v1 p1 A`: VPID 1, PCID 1, EP4TA A; `g` in place of a PCID is a global entry, `-` in
/// place of an EP4TA a linear mapping; `pde` marks an entry of the paging-structure caches and
/// `far` one for another address. `gpa A` and `gpa pde A` are guest-physical mappings.
public final class CachedTranslations {
    static final long NEAR = 0x40_0000_1000L;
    static final long FAR = 0x7f00_0000_0000L;
    static final long A = 0xa;
    static final long B = 0xb;

    private static final Geometry LARGE = new Geometry(64, 64, Replacement.LRU);
    private static final List<StructureCacheModel> PDE = List.of(new StructureCacheModel(2, LARGE));

    private final TranslationContexts contexts = new TranslationContexts();
    private final Tlb tlb =
            new Tlb(
                    new TlbModel(
                            "T", TlbModel.Serves.BOTH, EnumSet.allOf(PageSize.class), LARGE, 0),
                    contexts,
                    1);
    private final NestedTlb nested = new NestedTlb(LARGE, contexts, 1);
    private final PagingStructureCaches guest = new PagingStructureCaches(PDE, contexts, 1);
    private final PagingStructureCaches second = new PagingStructureCaches(PDE, contexts, 1);
    private final Map<String, BooleanSupplier> held = new TreeMap<>();

    CachedTranslations() {
        for (int vpid = 0; vpid <= 2; vpid++) {
            linearAndCombined("v" + vpid, vpid);
        }
        guestPhysical("A", A);
        guestPhysical("B", B);
    }

    private void linearAndCombined(String name, int vpid) {
        for (int pcid = 1; pcid <= 2; pcid++) {
            String own = name + " p" + pcid;
            add(own + " -", vpid, pcid, TranslationContexts.NO_EPT);
            add(own + " A", vpid, pcid, A);
        }
        add(name + " p1 B", vpid, 1, B);
        page(name + " g A", contexts.of(vpid, 1, A), NEAR + 0x1000, Translation.GLOBAL);
        page(name + " g A far", contexts.of(vpid, 1, A), FAR + 0x1000, Translation.GLOBAL);
    }

    private void add(String name, int vpid, int pcid, long ep4ta) {
        int context = contexts.of(vpid, pcid, ep4ta);
        page(name, context, NEAR, 0);
        page(name + " far", context, FAR, 0);
        structure(guest, name + " pde", context, NEAR);
        structure(guest, name + " pde far", context, FAR);
    }

    /// A 4-KiB piece of a 2-MiB page, so that the global one next to it has the same page around
    /// it.
    private void page(String name, int context, long gva, long flags) {
        tlb.fill(gva, context, Translation.of(0, flags, 0, Translation.SIZE_2M, 0));
        held.put(name, () -> tlb.peek(gva, context) != Translation.MISS);
    }

    private void structure(PagingStructureCaches caches, String name, int context, long address) {
        caches.insert(2, address, context, 1);
        held.put(name, () -> caches.holds(2, address, context));
    }

    private void guestPhysical(String name, long ep4ta) {
        int context = contexts.ofGuestPhysical(ep4ta);
        for (String where : List.of("", " far")) {
            long gpa = where.isEmpty() ? NEAR : FAR;
            nested.fill(gpa, context, SecondLevelTranslation.pack(0, 1, 1, 6));
            held.put("gpa " + name + where, () -> nested.peek(gpa, context) != 0);
            structure(second, "gpa pde " + name + where, context, gpa);
        }
    }

    /// The names of all entries that are held.
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        held.forEach((name, isHeld) -> {
            if (isHeld.getAsBoolean()) {
                names.add(name);
            }
        });
        return names;
    }

    /// Applies `scope` to all structures and returns the names of the entries that went. All others
    /// are still held.
    Set<String> removedBy(InvalidationScope scope) {
        Set<String> removed = names();
        tlb.invalidate(scope);
        nested.invalidate(scope);
        guest.invalidate(scope);
        second.invalidate(scope);
        removed.removeAll(names());
        return removed;
    }
}
