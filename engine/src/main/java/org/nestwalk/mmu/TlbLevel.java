package org.nestwalk.mmu;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.TlbModel.Serves;

/// The TLBs of one level that serve one kind of access: one for all page sizes or several for some
/// each. They are searched in order; a translation is kept by each that holds its size.
///
/// The first of them, which in most processors is the one for 4-KiB pages, is asked directly; a
/// loop over one or two TLBs costs as much as their look-ups.
final class TlbLevel {
    private final Tlb[] tlbs;
    private final @Nullable Tlb first;
    private final Tlb[] rest;
    private final boolean onlyFirstHoldsSmall;
    private final int[] heldSize;
    private int hitCycles;

    private TlbLevel(Tlb[] tlbs) {
        this.tlbs = tlbs;
        this.first = tlbs.length == 0 ? null : tlbs[0];
        this.rest = tlbs.length == 0 ? tlbs : Arrays.copyOfRange(tlbs, 1, tlbs.length);
        boolean others = Arrays.stream(rest).anyMatch(tlb -> tlb.holds(Translation.SIZE_4K));
        this.onlyFirstHoldsSmall = first != null && first.holds(Translation.SIZE_4K) && !others;
        this.heldSize = new int[] {largestHeld(0), largestHeld(1), largestHeld(2)};
    }

    /// Those of `tlbs` that serve accesses of kind `serves`.
    static TlbLevel of(List<Tlb> tlbs, Serves serves) {
        return new TlbLevel(
                tlbs.stream()
                        .filter(tlb ->
                                tlb.model().serves() == serves
                                        || tlb.model().serves() == Serves.BOTH)
                        .toArray(Tlb[]::new));
    }

    /// Whether no TLB serves this kind of access here.
    boolean isEmpty() {
        return tlbs.length == 0;
    }

    /// The cached translation of `gva`, or [Translation#MISS].
    ///
    /// @param tag of the 4-KiB page of `gva` in `context`
    /// @param prints of that tag
    long lookup(long gva, int context, long tag, long prints) {
        Tlb first = this.first;
        if (first != null) {
            long translation = first.lookup(gva, context, tag, prints);
            if (translation != Translation.MISS) {
                hitCycles = first.hitCycles();
                return translation;
            }
        }
        return rest.length == 0 ? Translation.MISS : lookupRest(gva, context, tag, prints);
    }

    private long lookupRest(long gva, int context, long tag, long prints) {
        for (Tlb tlb : rest) {
            long translation = tlb.lookup(gva, context, tag, prints);
            if (translation != Translation.MISS) {
                hitCycles = tlb.hitCycles();
                return translation;
            }
        }
        return Translation.MISS;
    }

    /// The additional cycles of the TLB that hit last.
    int hitCycles() {
        return hitCycles;
    }

    /// Caches `translation`, after a look-up of `gva` missed; as a smaller page if no TLB of the
    /// level holds its size, or not at all if none holds a smaller one either.
    ///
    /// @param tag of the 4-KiB page of `gva` in `context`
    /// @param prints of that tag
    /// @return the translation as it is now known to this level
    long fill(long gva, int context, long tag, long prints, long translation) {
        Tlb first = this.first;
        if (first != null && onlyFirstHoldsSmall && Translation.isSmall(translation)) {
            first.fillSmall(tag, prints, translation);
            return translation;
        }
        return fill(gva, context, translation);
    }

    private long fill(long gva, int context, long translation) {
        long fitting = fit(gva, translation);
        for (Tlb tlb : tlbs) {
            tlb.fill(gva, context, fitting);
        }
        return fitting;
    }

    /// Replaces the cached translation of `gva`, if there is one; the result is as of [#fill].
    long update(long gva, int context, long translation) {
        long fitting = fit(gva, translation);
        for (Tlb tlb : tlbs) {
            tlb.update(gva, context, fitting);
        }
        return fitting;
    }

    void invalidate(InvalidationScope scope) {
        for (Tlb tlb : tlbs) {
            tlb.invalidate(scope);
        }
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
