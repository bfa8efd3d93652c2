package org.nestwalk.mmu.tlb;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;

/// The TLBs that serve one side, data or instructions.
public final class TlbSide {
    public final TlbLevel first;
    public final TlbLevel second;

    /// The page last looked up in the first level; both sides share it if they share all TLBs
    /// there. None is remembered where a translation may find no place in the first level, nor
    /// where the sides share some TLBs only, since what one side finds the other may not.
    public final LastPage last;

    private TlbSide(TlbLevel first, TlbLevel second, LastPage last) {
        this.first = first;
        this.second = second;
        this.last = last;
    }

    /// The side of data and that of instructions, with empty TLBs.
    ///
    /// @param contexts where the ids of contexts come from
    /// @param seed for random replacement
    public static TlbSide[] of(ProcessorModel model, TranslationContexts contexts, long seed) {
        List<TlbModel> firstTlbs = model.translation().firstLevelTlbs();
        TlbLevel[] first = TlbLevel.of(tlbs(firstTlbs, contexts, seed));
        TlbLevel[] second =
                TlbLevel.of(tlbs(model.translation().secondLevelTlbs(), contexts, seed + 1));
        boolean everyUseCounts =
                firstTlbs.stream().anyMatch(tlb -> tlb.geometry().replacement() == Replacement.LFU);
        boolean shared = firstTlbs.stream().anyMatch(tlb -> tlb.serves() == Serves.BOTH);
        boolean mayRemember = !everyUseCounts && first[0].isSharedAsAWhole();
        LastPage ofData = new LastPage(mayRemember && first[0].holdsEverything());
        LastPage ofInstructions =
                shared ? ofData : new LastPage(mayRemember && first[1].holdsEverything());
        return new TlbSide[] {
            new TlbSide(first[0], second[0], ofData),
            new TlbSide(first[1], second[1], ofInstructions)
        };
    }

    /// Removes the cached translations that `scope` affects.
    public void invalidate(InvalidationScope scope) {
        first.invalidate(scope);
        second.invalidate(scope);
        last.forget();
    }

    private static List<Tlb> tlbs(List<TlbModel> models, TranslationContexts contexts, long seed) {
        List<Tlb> tlbs = new ArrayList<>();
        for (TlbModel model : models) {
            tlbs.add(new Tlb(model, contexts, seed + tlbs.size()));
        }
        return tlbs;
    }
}
