package org.nestwalk.mmu.tlb;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.TlbModel.Serves;
import org.nestwalk.mmu.sets.NarrowSets;

/// The TLBs of one level that serve one kind of access: one for all page sizes or several for some
/// each. They are searched in order; a translation is kept by each that holds its size.
///
/// As long as they hold nothing but ordinary 4-KiB translations, all in the first of them, as with
/// most processors and small pages, that one's sets are asked directly: what lies in between costs
/// more than the look-up. So does a loop over one or two TLBs; otherwise the first is asked before.
public final class TlbLevel {
    private final Tlb[] tlbs;
    private final @Nullable Tlb first;
    private final Tlb[] rest;
    private final boolean onlyFirstHoldsSmall;
    private final int[] heldSize;
    private final int smallHitCycles;
    private int hitCycles;

    // The sets of the first TLB while nothing but translations that are small is held, and there
    // alone; or null.
    private @Nullable NarrowSets small;

    // For the other kind of access.
    private TlbLevel other = this;

    private TlbLevel(Tlb[] tlbs) {
        this.tlbs = tlbs;
        this.first = tlbs.length == 0 ? null : tlbs[0];
        this.rest = tlbs.length == 0 ? tlbs : Arrays.copyOfRange(tlbs, 1, tlbs.length);
        boolean others = Arrays.stream(rest).anyMatch(tlb -> tlb.holds(Translation.SIZE_4K));
        this.onlyFirstHoldsSmall = first != null && first.holds(Translation.SIZE_4K) && !others;
        this.smallHitCycles = tlbs.length == 0 ? 0 : tlbs[0].hitCycles();
        this.heldSize = new int[] {largestHeld(0), largestHeld(1), largestHeld(2)};
        this.small = setsOfSmall();
    }

    /// Those of `tlbs` that serve data, and those that serve instructions.
    public static TlbLevel[] of(List<Tlb> tlbs) {
        TlbLevel data = of(tlbs, Serves.DATA);
        TlbLevel instructions = of(tlbs, Serves.INSTRUCTION);
        data.other = instructions;
        instructions.other = data;
        return new TlbLevel[] {data, instructions};
    }

    private static TlbLevel of(List<Tlb> tlbs, Serves serves) {
        return new TlbLevel(
                tlbs.stream()
                        .filter(tlb ->
                                tlb.model().serves() == serves
                                        || tlb.model().serves() == Serves.BOTH)
                        .toArray(Tlb[]::new));
    }

    /// Whether there is a TLB for this kind of access that holds translations of any size, as they
    /// are or in pieces of 4 KiB: what was filled is then found.
    boolean holdsEverything() {
        return Arrays.stream(tlbs).anyMatch(tlb -> tlb.holds(Translation.SIZE_4K));
    }

    /// Whether all its TLBs serve the other kind of access too, or none.
    boolean isSharedAsAWhole() {
        return Arrays.equals(tlbs, other.tlbs)
                || Arrays.stream(tlbs).noneMatch(tlb -> tlb.model().serves() == Serves.BOTH);
    }

    /// The cached translation of a page, or [Translation#MISS].
    ///
    /// @param tag of the 4-KiB page in its context
    /// @param prints of that tag
    public long lookup(long tag, long prints) {
        NarrowSets small = this.small;
        return small == null ? lookupEach(tag, prints) : small.lookup(tag, prints);
    }

    private long lookupEach(long tag, long prints) {
        Tlb first = this.first;
        if (first != null) {
            long translation = first.lookup(tag, prints);
            if (translation != Translation.MISS) {
                hitCycles = first.hitCycles();
                return translation;
            }
        }
        return rest.length == 0 ? Translation.MISS : lookupRest(tag, prints);
    }

    private long lookupRest(long tag, long prints) {
        for (Tlb tlb : rest) {
            long translation = tlb.lookup(tag, prints);
            if (translation != Translation.MISS) {
                hitCycles = tlb.hitCycles();
                return translation;
            }
        }
        return Translation.MISS;
    }

    /// The additional cycles of the TLB that hit last.
    public int hitCycles() {
        return small == null ? hitCycles : smallHitCycles;
    }

    /// Caches `translation`, after a look-up missed; as a smaller page if no TLB of the level holds
    /// its size, or not at all if none holds a smaller one either.
    ///
    /// @param tag of the 4-KiB page in its context
    /// @param prints of that tag
    /// @return the translation as it is now known to this level
    public long fill(long tag, long prints, long translation) {
        if (!Translation.isSmall(translation)) {
            return fill(tag, translation);
        }
        NarrowSets small = this.small;
        if (small != null) {
            small.insert(tag, prints, translation);
            return translation;
        }
        Tlb first = this.first;
        if (first == null || !onlyFirstHoldsSmall) {
            return fill(tag, translation);
        }
        first.fillSmall(tag, prints, translation);
        return translation;
    }

    private long fill(long tag, long translation) {
        askEach();
        long gva = TranslationTag.address(tag);
        long fitting = fit(gva, translation);
        for (Tlb tlb : tlbs) {
            tlb.fill(gva, TranslationTag.context(tag), fitting);
        }
        return fitting;
    }

    /// Replaces the cached translation of a page, if there is one; the result is as of [#fill]. One
    /// of another size may move to other TLBs of the level, but does not leave it.
    ///
    /// @param tag of the 4-KiB page in its context
    public long update(long tag, long translation) {
        if (!Translation.isSmall(translation)) {
            askEach();
        }
        long gva = TranslationTag.address(tag);
        int context = TranslationTag.context(tag);
        long fitting = fit(gva, translation);
        boolean dropped = false;
        boolean kept = false;
        for (Tlb tlb : tlbs) {
            boolean known = tlb.update(gva, context, fitting);
            boolean holds = tlb.holds(Translation.size(fitting));
            kept |= known && holds;
            dropped |= known && !holds;
        }
        if (dropped && !kept) {
            for (Tlb tlb : tlbs) {
                tlb.fill(gva, context, fitting);
            }
        }
        return fitting;
    }

    /// Removes the translations that `scope` affects.
    public void invalidate(InvalidationScope scope) {
        askEach();
        for (Tlb tlb : tlbs) {
            tlb.invalidate(scope);
        }
        small = setsOfSmall();
        other.small = other.setsOfSmall();
    }

    /// Makes later look-ups ask every TLB. For both kinds of access, as they may share one.
    private void askEach() {
        small = null;
        other.small = null;
    }

    private @Nullable NarrowSets setsOfSmall() {
        boolean others = Arrays.stream(tlbs).anyMatch(Tlb::mayHoldOthers);
        return first == null || !onlyFirstHoldsSmall || others ? null : first.usualSets();
    }

    private long fit(long gva, long translation) {
        int size = Translation.size(translation);
        int held = heldSize[size];
        return held == size ? translation : Translation.splinter(translation, gva, held);
    }

    /// The largest size code up to `size` that some TLB holds, or `size` if there is none.
    private int largestHeld(int size) {
        for (int smaller = size; smaller >= 0; smaller--) {
            for (Tlb tlb : tlbs) {
                if (tlb.holds(smaller)) {
                    return smaller;
                }
            }
        }
        return size;
    }
}
