package org.nestwalk.mmu;

import org.nestwalk.mmu.InvalidationScope.Extent;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.Replacement;

/// An array of page translations of several sizes: what TLBs and nested TLBs have in common.
///
/// A translation is a word, never 0, whose bits 53:52 are the size code of the cached mapping, bits
/// 55:54 that of the page it is a piece of and bit 8 says that it is global, as in [Translation]. A
/// page's set is its number modulo the number of sets, whatever its size. A search tries 4 KiB,
/// then 2 MiB, then 1 GiB, and leaves out sizes of which there is no entry at the time.
final class PageMappings {
    private static final int SIZES = 3;

    /// What the counts of entries depend on: both size codes and the global flag.
    private static final long COUNTED = (15L << 52) | Translation.GLOBAL;

    private final TranslationContexts contexts;
    private final SetAssociative array;
    private final long[] words;
    private int held4K;
    private int held2M;
    private int held1G;
    private int splintered;
    private int globals;

    // A search for the same 4-KiB page and context as the last one, with no change since, ends in
    // the same slot and, unless uses are counted, leaves the same order behind.
    private final boolean repeats;
    private long lastTag = SetAssociative.INVALID;
    private int lastSlot;

    PageMappings(Geometry geometry, TranslationContexts contexts, long seed) {
        this.contexts = contexts;
        this.array = new SetAssociative(geometry, seed);
        this.words = new long[geometry.entries()];
        this.repeats = geometry.replacement() != Replacement.LFU;
    }

    /// The slot of the entry that translates `address`, or -1. A hit counts as a use.
    int find(long address, int context) {
        long number = TranslationTag.number(address, 12);
        long tag = TranslationTag.of(number, Translation.SIZE_4K, context);
        if (tag == lastTag) {
            return lastSlot;
        }
        int slot = held4K == 0 ? -1 : array.find(number, tag);
        if (slot < 0) {
            slot = (held2M | held1G) == 0 ? -1 : findLarge(address, context);
        }
        if (slot >= 0 && repeats) {
            lastTag = tag;
            lastSlot = slot;
        }
        return slot;
    }

    /// As [#find], leaving no trace.
    int peek(long address, int context) {
        for (int size = 0; size < SIZES; size++) {
            long number = TranslationTag.number(address, Translation.shift(size));
            int slot = array.peek(number, TranslationTag.of(number, size, context));
            if (slot >= 0) {
                return slot;
            }
        }
        return -1;
    }

    /// The word in `slot`, or 0.
    long word(int slot) {
        return words[slot];
    }

    /// Places the translation of the page around `address`. No entry of that page, size and context
    /// may be held.
    void insert(long address, int context, long word) {
        int size = Translation.size(word);
        long number = TranslationTag.number(address, Translation.shift(size));
        int slot = array.insert(number, TranslationTag.of(number, size, context));
        long replaced = words[slot];
        words[slot] = word;
        if (replaced == 0 || ((replaced ^ word) & COUNTED) != 0) {
            recount(replaced, word);
        }
        lastTag = SetAssociative.INVALID;
    }

    /// Replaces the word of the entry in `slot` by one of the same size and scope. Not a use.
    void replace(int slot, long word) {
        recount(words[slot], word);
        words[slot] = word;
    }

    /// Removes the entry in `slot`.
    void remove(int slot) {
        recount(words[slot], 0);
        words[slot] = 0;
        array.invalidate(slot);
        lastTag = SetAssociative.INVALID;
    }

    /// Removes the entries that `scope` affects. One that is a piece of a larger page goes with any
    /// address in that page (Intel SDM volume 3A, section 4.10.2.3 and the footnote on INVLPG in
    /// 4.10.4.1).
    void invalidate(InvalidationScope scope) {
        if (array.size() == 0) {
            return;
        }
        if (scope.extent() == Extent.ALL || splintered != 0) {
            invalidate(scope, 0, array.capacity());
            return;
        }
        for (int size = 0; size < SIZES; size++) {
            int shift = Translation.shift(size);
            int first = array.firstSlot(TranslationTag.number(scope.address(), shift));
            invalidate(scope, first, first + array.ways());
        }
    }

    /// The number of entries.
    int size() {
        return array.size();
    }

    /// Whether any entry is global.
    boolean hasGlobals() {
        return globals != 0;
    }

    private int findLarge(long address, int context) {
        if (held2M != 0) {
            long number = TranslationTag.number(address, 21);
            int slot = array.find(number, TranslationTag.of(number, Translation.SIZE_2M, context));
            if (slot >= 0) {
                return slot;
            }
        }
        if (held1G == 0) {
            return -1;
        }
        long number = TranslationTag.number(address, 30);
        return array.find(number, TranslationTag.of(number, Translation.SIZE_1G, context));
    }

    private void invalidate(InvalidationScope scope, int first, int end) {
        boolean all = scope.extent() == Extent.ALL;
        for (int slot = first; slot < end; slot++) {
            long tag = array.tag(slot);
            if (tag != SetAssociative.INVALID
                    && (all || isPartOfPage(slot, scope.address()))
                    && scope.affects(contexts, TranslationTag.context(tag))) {
                remove(slot);
            }
        }
    }

    private boolean isPartOfPage(int slot, long address) {
        long tag = array.tag(slot);
        int shift = Translation.shift(Translation.guestSize(words[slot]));
        long entry = TranslationTag.number(tag) << Translation.shift(TranslationTag.size(tag));
        return TranslationTag.number(address, shift) == entry >>> shift;
    }

    private void recount(long removed, long added) {
        if (removed != 0) {
            count(removed, -1);
        }
        if (added != 0) {
            count(added, 1);
        }
    }

    private void count(long word, int change) {
        int size = Translation.size(word);
        switch (size) {
            case Translation.SIZE_4K -> held4K += change;
            case Translation.SIZE_2M -> held2M += change;
            default -> held1G += change;
        }
        if (size != Translation.guestSize(word)) {
            splintered += change;
        }
        if (Translation.has(word, Translation.GLOBAL)) {
            globals += change;
        }
    }
}
