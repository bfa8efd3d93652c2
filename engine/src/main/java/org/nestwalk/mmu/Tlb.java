package org.nestwalk.mmu;

import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.TlbModel;

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
    }

    /// Its parameters.
    public TlbModel model() {
        return model;
    }

    /// Whether it holds translations of size code `size`.
    public boolean holds(int size) {
        return ((sizes >>> size) & 1) != 0;
    }

    /// The translation of linear address `gva` in `context`, or [Translation#MISS]. A hit counts as
    /// a use. Permissions are the caller's to check.
    public long lookup(long gva, int context) {
        PageMappings pages = this.pages;
        int slot = pages.find(gva, context);
        if (slot >= 0) {
            return pages.word(slot);
        }
        return pages.hasGlobals() ? lookupGlobal(gva, context) : Translation.MISS;
    }

    /// As [#lookup], leaving no trace.
    public long peek(long gva, int context) {
        int slot = slotOf(gva, context);
        return slot < 0 ? Translation.MISS : pages.word(slot);
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

    /// Makes an entry that translates `gva` in `context` translate it by `translation` from now on,
    /// as after a walk that found more permissions or set a dirty flag. This is not a use of the
    /// entry, unless its size or scope changes, when it is removed and filled anew. Returns whether
    /// there was an entry; if not, nothing is cached.
    public boolean update(long gva, int context, long translation) {
        int slot = slotOf(gva, context);
        if (slot < 0) {
            return false;
        }
        long old = pages.word(slot);
        long kept = old ^ translation;
        if (Translation.size(kept) == 0 && (kept & Translation.GLOBAL) == 0) {
            pages.replace(slot, translation);
        } else {
            for (int other = slot; other >= 0; other = slotOf(gva, context)) {
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

    private long lookupGlobal(long gva, int context) {
        int slot = pages.find(gva, contexts.globalsOf(context));
        return slot < 0 ? Translation.MISS : pages.word(slot);
    }

    private int slotOf(long gva, int context) {
        int slot = pages.peek(gva, context);
        return slot >= 0 ? slot : pages.peek(gva, contexts.globalsOf(context));
    }
}
