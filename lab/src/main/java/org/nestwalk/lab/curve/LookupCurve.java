package org.nestwalk.lab.curve;

import org.nestwalk.lab.compare.LookupCounter;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.tlb.Translation;
import org.nestwalk.mmu.tlb.TranslationTag;

/// Counts what the second-level look-ups of one setup would miss in a [VariedTlb] of any size.
public abstract class LookupCurve implements LookupCounter {
    /// The most entries that a curve is of.
    public static final int MOST_ENTRIES = 1 << 16;

    private final VariedTlb tlb;
    private long lookups;
    private long otherMisses;

    LookupCurve(VariedTlb tlb) {
        this.tlb = tlb;
    }

    @Override
    public final void lookedUp(long tag, boolean fetch, boolean hit, long translation) {
        int size = tlb.heldAs(fetch, translation);
        if (size >= 0) {
            lookups++;
            long address = TranslationTag.address(tag);
            long number = TranslationTag.number(address, Translation.shift(size));
            use(TranslationTag.of(number, size, TranslationTag.context(tag)), number);
        } else if (!hit) {
            otherMisses++;
        }
    }

    @Override
    public final void beginCounting() {
        lookups = 0;
        otherMisses = 0;
        clearCounts();
    }

    /// Uses a page.
    ///
    /// @param tag by which the TLB knows it
    /// @param number of the page, whose remainder says the set
    abstract void use(long tag, long number);

    abstract void clearCounts();

    /// Look-ups of pages that the TLB holds.
    public final long lookups() {
        return lookups;
    }

    /// Misses of other pages, on which the TLB's size has no influence.
    public final long otherMisses() {
        return otherMisses;
    }

    /// The part of pages that was followed at last, 1 for all.
    public abstract double rate();

    /// How many pages are followed.
    public abstract long pages();

    /// Whether misses in a TLB of so many sets and ways are known.
    public abstract boolean knows(Geometry geometry);

    /// Look-ups that miss in such a TLB.
    public abstract double misses(Geometry geometry);

    /// Look-ups of pages that had never been looked up before, which miss in all.
    public abstract double firstUses();

    /// The average number of pages in a window of 1, 2, 4, ... look-ups.
    public abstract double[] workingSets();
}
