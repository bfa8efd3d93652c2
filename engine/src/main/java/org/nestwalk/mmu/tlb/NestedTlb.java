package org.nestwalk.mmu.tlb;

import org.nestwalk.mmu.model.Geometry;

/// A nested TLB: caches second-level translations ([org.nestwalk.bits.SecondLevelTranslation]) of
/// all page sizes together, for use inside two-dimensional walks (Bhargava et al., Accelerating
/// two-dimensional page walks for virtualized systems, ASPLOS 2008).
///
/// Entries are guest-physical mappings (Intel SDM volume 3C, section 28.3.1) of contexts from
/// [TranslationContexts#ofGuestPhysical]; so only INVEPT and EPT violations remove them.
public final class NestedTlb {
    private final PageMappings pages;

    /// An empty nested TLB.
    ///
    /// @param contexts where the ids of contexts come from
    /// @param seed for random replacement
    public NestedTlb(Geometry geometry, TranslationContexts contexts, long seed) {
        this.pages = new PageMappings(geometry, contexts, seed);
    }

    /// The translation of guest-physical address `gpa`, or [Translation#MISS]. A hit counts as a
    /// use. Permissions are the caller's to check.
    public long lookup(long gpa, int context) {
        return pages.lookup(gpa, context);
    }

    /// As [#lookup], leaving no trace.
    public long peek(long gpa, int context) {
        int place = pages.peek(gpa, context);
        return place < 0 ? Translation.MISS : pages.word(place);
    }

    /// Caches `translation` for the page around `gpa`.
    ///
    /// Precondition: a lookup has just missed, so that no entry of the page is held.
    public void fill(long gpa, int context, long translation) {
        pages.insert(gpa, context, translation);
    }

    /// Replaces the translation of an entry that translates `gpa` by `translation`, as after a walk
    /// that set the dirty flag. This is not a use of the entry, unless its size changes, when it is
    /// removed and filled anew. Returns whether there was an entry; if not, nothing is cached.
    public boolean update(long gpa, int context, long translation) {
        int place = pages.peek(gpa, context);
        if (place < 0) {
            return false;
        }
        if (Translation.size(pages.word(place)) == Translation.size(translation)) {
            pages.replace(place, translation);
        } else {
            for (int other = place; other >= 0; other = pages.peek(gpa, context)) {
                pages.remove(other);
            }
            fill(gpa, context, translation);
        }
        return true;
    }

    /// Removes the entries that `scope` affects.
    public void invalidate(InvalidationScope scope) {
        pages.invalidate(scope);
    }
}
