package org.nestwalk.lab.curve;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.mmu.model.Geometry;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.Replacement;
import org.nestwalk.mmu.model.TlbModel;
import org.nestwalk.mmu.model.TlbModel.Serves;
import org.nestwalk.mmu.tlb.Translation;

/// The TLB of a machine whose size is varied: the one of the second level that serves data and
/// holds 4-KiB pages. Its sizes of pages and its kinds of access stay what they are, and so does
/// every other TLB.
///
/// One pass can stand for all its sizes because the first level does not know the second: what the
/// first level holds follows from the pages that are accessed and from their sizes, which tables
/// say. There is one exception, which is refused: a page that the first level holds as a whole, and
/// the second in pieces. The first level then holds the whole after a walk, and a piece after a hit
/// of the second.
public final class VariedTlb {
    private static final int SIZES = 3;
    private static final int ELSEWHERE = -1;
    private static final int IN_PIECES = -2;

    private final ProcessorModel machine;
    private final TlbModel model;

    // By the size code of a translation, for data and then for fetches: the size in which this TLB
    // holds it, or one of the above.
    private final int[] held = new int[2 * SIZES];

    private VariedTlb(ProcessorModel machine, TlbModel model) {
        this.machine = machine;
        this.model = model;
        for (int size = 0; size < SIZES; size++) {
            held[size] = heldAs(Serves.DATA, size);
            held[SIZES + size] = heldAs(Serves.INSTRUCTION, size);
        }
    }

    /// The TLB that is varied of `machine`.
    ///
    /// @throws InputException if there is none, or several, or it is not under true LRU
    public static VariedTlb of(ProcessorModel machine) {
        List<TlbModel> those =
                machine.translation().secondLevelTlbs().stream()
                        .filter(tlb -> serves(tlb, Serves.DATA) && holds(tlb, Translation.SIZE_4K))
                        .toList();
        if (those.size() != 1) {
            throw InputException.of(
                    "machine",
                    "%s has %s second-level TLBs for data in 4K pages; a curve is of one"
                            .formatted(machine.name(), those.isEmpty() ? "no" : those.size()));
        }
        TlbModel model = those.getFirst();
        if (model.geometry().replacement() != Replacement.LRU) {
            throw InputException.of(
                    "machine",
                    "the TLB %s of %s is under %s; only under LRU do larger TLBs hold all that"
                                    .formatted(
                                            model.name(),
                                            machine.name(),
                                            model.geometry().replacement())
                            + " smaller ones do, so that one pass is enough: set its replacement to"
                            + " LRU, or sweep its sizes");
        }
        return new VariedTlb(machine, model);
    }

    /// The TLB as the machine has it.
    public TlbModel model() {
        return model;
    }

    /// The machine with the TLB in another geometry.
    public ProcessorModel machineWith(Geometry geometry) {
        TlbModel changed =
                new TlbModel(
                        model.name(), model.serves(), model.sizes(), geometry, model.hitCycles());
        List<TlbModel> tlbs = new ArrayList<>(machine.translation().secondLevelTlbs());
        tlbs.set(tlbs.indexOf(model), changed);
        return machine.with(machine.translation().withSecondLevelTlbs(tlbs));
    }

    /// The size code in which it holds a `translation` that was looked up, or -1 if that is none of
    /// its own.
    ///
    /// @param fetch whether it was looked up for an instruction fetch
    /// @throws InputException if what the first level holds depends on what this TLB does
    int heldAs(boolean fetch, long translation) {
        int as = held[(fetch ? SIZES : 0) + Translation.size(translation)];
        if (as == IN_PIECES || Translation.has(translation, Translation.GLOBAL)) {
            throw refused(translation);
        }
        return as;
    }

    private InputException refused(long translation) {
        String page = PageSize.ofLevel(Translation.size(translation) + 1).label();
        return new InputException(
                Translation.has(translation, Translation.GLOBAL)
                        ? "a global page, of which a curve cannot be: sweep tlb.l2.entries instead"
                        : "%s holds %s pages as a whole in its first-level TLBs and in pieces in %s, so"
                                        .formatted(machine.name(), page, model.name())
                                + " that what the first level holds depends on the size of the"
                                + " second: leave out setups of "
                                + page
                                + " pages, or sweep tlb.l2.entries");
    }

    private int heldAs(Serves side, int size) {
        List<TlbModel> second = machine.translation().secondLevelTlbs();
        int as = largestHeld(second, side, size);
        if (!serves(model, side) || !holds(model, as)) {
            return ELSEWHERE;
        }
        List<TlbModel> first = machine.translation().firstLevelTlbs();
        return largestHeld(first, side, size) == largestHeld(first, side, as) ? as : IN_PIECES;
    }

    /// The size code in which TLBs of a level hold a translation, as the processor's have it.
    private static int largestHeld(List<TlbModel> level, Serves side, int size) {
        for (int smaller = size; smaller >= 0; smaller--) {
            for (TlbModel tlb : level) {
                if (serves(tlb, side) && holds(tlb, smaller)) {
                    return smaller;
                }
            }
        }
        return size;
    }

    private static boolean serves(TlbModel tlb, Serves side) {
        return tlb.serves() == side || tlb.serves() == Serves.BOTH;
    }

    private static boolean holds(TlbModel tlb, int size) {
        return tlb.sizes().contains(PageSize.ofLevel(size + 1));
    }
}
