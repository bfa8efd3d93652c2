package org.nestwalk.mmu.tlb;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.sets.Fingerprints;
import org.nestwalk.mmu.sets.NarrowSets;

/// One translation lookaside buffer: caches [Translation]s of linear addresses.
///
/// An entry belongs to a context, a VPID, PCID and EP4TA of [TranslationContexts]; a global entry
/// to all PCIDs of its VPID and EP4TA. Nothing here follows changes of the tables: an entry stays
/// until it is replaced, updated or [invalidated][#invalidate], stale or not, as in a processor
/// (Intel SDM volume 3A, section 4.10.2).
public final class Tlb {
    private final TlbModel model;
    private final TranslationContexts contexts;
    private final PageMappings pages;
    private final int sizes;
    private final int hitCycles;

    /// An empty TLB.
    ///
    /// @param contexts where the ids of contexts come from
    /// @param seed for random replacement
    public Tlb(TlbModel model, TranslationContexts contexts, long seed) {
        this.model = model;
        this.contexts = contexts;
        this.pages = new PageMappings(model.geometry(), contexts, seed);
        int held = 0;
        for (PageSize size : model.sizes()) {
            held |= 1 << (size.level() - 1);
        }
        this.sizes = held;
        this.hitCycles = model.hitCycles();
    }

    /// Its parameters.
    public TlbModel model() {
        return model;
    }

    /// Additional cycles of a hit.
    int hitCycles() {
        return hitCycles;
    }

    /// Whether it holds translations of size code `size`.
    public boolean holds(int size) {
        return ((sizes >>> size) & 1) != 0;
    }

    /// The translation of linear address `gva` in `context`, or [Translation#MISS]. A hit counts as
    /// a use. Permissions are the caller's to check.
    public long lookup(long gva, int context) {
        long tag = TranslationTag.of(gva, context);
        return lookup(tag, Fingerprints.spread(tag));
    }

    /// As [#lookup(long,int)], with the tag of the address's 4-KiB page in `context`, and that
    /// tag's prints.
    long lookup(long tag, long prints) {
        return pages.lookup(tag, prints);
    }

    /// As [#lookup(long,int)], leaving no trace.
    public long peek(long gva, int context) {
        int place = placeOf(gva, context);
        return place < 0 ? Translation.MISS : pages.word(place);
    }

    /// Caches `translation`, by which the page around `gva` is known in `context` (to all PCIDs if
    /// it is global). Returns false, doing nothing, if this TLB does not hold its size.
    ///
    /// Precondition: a lookup has just missed, so that no entry of the page is held.
    public boolean fill(long gva, int context, long translation) {
        if (!holds(Translation.size(translation))) {
            return false;
        }
        boolean global = Translation.has(translation, Translation.GLOBAL);
        pages.insert(gva, global ? contexts.globalsOf(context) : context, translation);
        return true;
    }

    /// As [#fill(long,int,long)], of a translation that [Translation#isSmall] into a TLB that holds
    /// its size.
    void fillSmall(long tag, long prints, long translation) {
        pages.insertSmall(tag, prints, translation);
    }

    /// Whether there may be entries other than of translations that [Translation#isSmall].
    boolean mayHoldOthers() {
        return pages.mayHoldOthers();
    }

    /// The sets of entries if they are [usual][org.nestwalk.mmu.sets.SetAssociative#usual], or
    /// null. Small translations may then be inserted there.
    @Nullable NarrowSets usualSets() {
        return pages.usualSets();
    }

    /// Replaces the translation of an entry that translates `gva` in `context` by `translation`, as
    /// after a walk that found more permissions or set a dirty flag. This is not a use of the
    /// entry, unless its size or scope changes, when it is removed and filled anew. Returns whether
    /// there was an entry; if not, nothing is cached.
    public boolean update(long gva, int context, long translation) {
        int place = placeOf(gva, context);
        if (place < 0) {
            return false;
        }
        long old = pages.word(place);
        long kept = old ^ translation;
        if (Translation.size(kept) == 0 && (kept & Translation.GLOBAL) == 0) {
            pages.replace(place, translation);
        } else {
            for (int other = place; other >= 0; other = placeOf(gva, context)) {
                pages.remove(other);
            }
            fill(gva, context, translation);
        }
        return true;
    }

    /// Removes the entries that `scope` affects.
    public void invalidate(InvalidationScope scope) {
        pages.invalidate(scope);
    }

    /// The number of entries held.
    public int size() {
        return pages.size();
    }

    private int placeOf(long gva, int context) {
        int place = pages.peek(gva, context);
        return place >= 0 ? place : pages.peek(gva, contexts.globalsOf(context));
    }
}
