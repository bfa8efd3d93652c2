package org.nestwalk.mmu.tlb;

import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.sets.Fingerprints;
import org.nestwalk.mmu.sets.NarrowSets;
import org.nestwalk.mmu.sets.SetAssociative;
import org.nestwalk.mmu.tlb.InvalidationScope.Extent;

/// An array of page translations of several sizes: what TLBs and nested TLBs have in common.
///
/// A translation is a word, never 0, whose bits 53:52 are the size code of the cached mapping, bits
/// 55:54 that of the page it is a piece of and bit 8 says that it is global, as in [Translation]. A
/// page's set is its number modulo the number of sets, whatever its size. A search tries 4 KiB,
/// then 2 MiB, then 1 GiB, and leaves out sizes of which none was placed since the array was empty.
final class PageMappings {
    private static final int SIZES = 3;
    private static final int HELD_4K = 1 << Translation.SIZE_4K;
    private static final int HELD_2M = 1 << Translation.SIZE_2M;
    private static final int HELD_1G = 1 << Translation.SIZE_1G;
    private static final int HELD_SPLINTERED = 1 << SIZES;
    private static final int HELD_GLOBAL = 1 << SIZES + 1;

    private final TranslationContexts contexts;
    private final SetAssociative array;

    // What kinds of entries there may be: all that were placed since none was left.
    private int held;

    PageMappings(Geometry geometry, TranslationContexts contexts, long seed) {
        this.contexts = contexts;
        this.array = new SetAssociative(geometry, true, seed);
    }

    /// The word of the entry that translates a page in its context, or else in the context of its
    /// globals; or 0. A hit counts as a use.
    ///
    /// @param tag of the 4-KiB page
    /// @param prints of that tag
    long lookup(long tag, long prints) {
        int held = this.held;
        long word =
                (held & HELD_4K) == 0 ? 0 : array.lookup(TranslationTag.number(tag), tag, prints);
        return word == 0 && held > HELD_4K
                ? lookupOthers(TranslationTag.address(tag), TranslationTag.context(tag))
                : word;
    }

    /// The word of the entry that translates `address` in `context`, as [#lookup(long,long)].
    long lookup(long address, int context) {
        long tag = TranslationTag.of(address, context);
        return lookup(tag, Fingerprints.spread(tag));
    }

    /// The place of the entry that translates `address`, or -1, leaving no trace.
    int peek(long address, int context) {
        for (int size = 0; size < SIZES; size++) {
            long number = TranslationTag.number(address, Translation.shift(size));
            int place = array.peek(number, TranslationTag.of(number, size, context));
            if (place >= 0) {
                return place;
            }
        }
        return -1;
    }

    /// The word in `place`, which holds an entry.
    long word(int place) {
        return array.payload(place);
    }

    /// Places the translation of the page around `address`. No entry of that page, size and context
    /// may be held.
    void insert(long address, int context, long word) {
        int size = Translation.size(word);
        long number = TranslationTag.number(address, Translation.shift(size));
        long tag = TranslationTag.of(number, size, context);
        array.insert(number, tag, Fingerprints.spread(tag), word);
        note(word);
    }

    /// As [#insert(long,int,long)], of a word that [Translation#isSmall].
    ///
    /// @param tag of the page
    /// @param prints of that tag
    void insertSmall(long tag, long prints, long word) {
        array.insert(TranslationTag.number(tag), tag, prints, word);
        held |= HELD_4K;
    }

    /// Whether there may be entries other than of words that [Translation#isSmall].
    boolean mayHoldOthers() {
        return held > HELD_4K;
    }

    /// See [Tlb#usualSets].
    @Nullable NarrowSets usualSets() {
        held |= HELD_4K;
        return array.usual();
    }

    /// Replaces the word of the entry in `place` by one of the same size and scope. Not a use.
    void replace(int place, long word) {
        array.replacePayload(place, word);
        note(word);
    }

    /// Removes the entry in `place`.
    void remove(int place) {
        array.invalidate(place);
    }

    /// Removes the entries that `scope` affects. One that is a piece of a larger page goes with any
    /// address in that page (Intel SDM volume 3A, section 4.10.2.3 and the footnote on INVLPG in
    /// 4.10.4.1).
    void invalidate(InvalidationScope scope) {
        if (held == 0) {
            return;
        }
        if (scope.extent() == Extent.ALL || (held & HELD_SPLINTERED) != 0) {
            for (int set = 0; set < array.sets(); set++) {
                invalidate(scope, set);
            }
            held = array.size() == 0 ? 0 : held;
            return;
        }
        for (int size = 0; size < SIZES; size++) {
            int shift = Translation.shift(size);
            invalidate(scope, array.setOf(TranslationTag.number(scope.address(), shift)));
        }
    }

    /// The number of entries.
    int size() {
        return array.size();
    }

    private long lookupOthers(long address, int context) {
        long word = lookupLarge(address, context);
        if (word != 0 || (held & HELD_GLOBAL) == 0) {
            return word;
        }
        int globals = contexts.globalsOf(context);
        long small = (held & HELD_4K) == 0 ? 0 : lookup(address, globals, Translation.SIZE_4K);
        return small == 0 ? lookupLarge(address, globals) : small;
    }

    private long lookupLarge(long address, int context) {
        long word = (held & HELD_2M) == 0 ? 0 : lookup(address, context, Translation.SIZE_2M);
        return word == 0 && (held & HELD_1G) != 0
                ? lookup(address, context, Translation.SIZE_1G)
                : word;
    }

    private long lookup(long address, int context, int size) {
        long number = TranslationTag.number(address, Translation.shift(size));
        long tag = TranslationTag.of(number, size, context);
        return array.lookup(number, tag, Fingerprints.spread(tag));
    }

    private void note(long word) {
        int kinds =
                1 << Translation.size(word)
                        | (Translation.has(word, Translation.GLOBAL) ? HELD_GLOBAL : 0)
                        | (Translation.size(word) == Translation.guestSize(word)
                                ? 0
                                : HELD_SPLINTERED);
        if ((held & kinds) != kinds) {
            held |= kinds;
        }
    }

    private void invalidate(InvalidationScope scope, int set) {
        if (array.isKnownEmpty(set)) {
            return;
        }
        boolean all = scope.extent() == Extent.ALL;
        for (int way = 0; way < array.ways(); way++) {
            int place = array.place(set, way);
            long tag = array.tag(place);
            if (tag != SetAssociative.INVALID
                    && (all || isPartOfPage(place, scope.address()))
                    && scope.affects(contexts, TranslationTag.context(tag))) {
                remove(place);
            }
        }
    }

    private boolean isPartOfPage(int place, long address) {
        long tag = array.tag(place);
        int shift = Translation.shift(Translation.guestSize(word(place)));
        long entry = TranslationTag.number(tag) << Translation.shift(TranslationTag.size(tag));
        return TranslationTag.number(address, shift) == entry >>> shift;
    }
}
