package org.nestwalk.machine.simulated;

import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VmExit;
import org.nestwalk.mmu.TranslationFault;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.WalkResult;

/// The pages that are open to one CPU for a single access that parts of the hypervisor refuse but
/// let be made ([org.nestwalk.machine.Verdict#PERFORM]). No other CPU runs while there are any.
final class OpenedPages {
    private static final int MOST = 64;

    private final TrappingCpu cpu;
    private final VmContext vm;
    private final ExitDispatch exits;
    private final long[] pages = new long[MOST];
    private int count;
    private boolean stepped;
    private boolean emulated;

    OpenedPages(TrappingCpu cpu, VmContext vm, ExitDispatch exits) {
        this.cpu = cpu;
        this.vm = vm;
        this.exits = exits;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /// Whether the access is to be made in the guest's place ([#emulate]).
    boolean areToEmulate() {
        return count > 0 && !stepped && vm.settings().mode() == TranslationMode.NESTED;
    }

    /// Translates for an access that is made in the guest's place, beside the processor's caches.
    ///
    /// @throws TranslationFault if it cannot be made yet
    long emulate(CpuTranslation translation, long gva, int type) {
        WalkResult result = translation.walkBeside(gva, type);
        if (result.outcome() != Outcome.OK) {
            throw new TranslationFault(result);
        }
        emulated();
        return result.hostPhysicalAddress();
    }

    /// The access has been made beside the processor's caches, which need not be emptied then.
    void emulated() {
        emulated = areToEmulate();
    }

    /// Opens the page whose rights have made `exit`, if that is the `verdict`.
    ///
    /// @throws IllegalArgumentException for an exit of another kind
    void open(VmExit exit, Verdict verdict) {
        if (verdict != Verdict.PERFORM && verdict != Verdict.EMULATE) {
            return;
        }
        long gpa =
                switch (exit) {
                    case VmExit.WriteTrap trap -> trap.gpa();
                    case VmExit.Violation violation -> violation.gpa();
                    default ->
                            throw new IllegalArgumentException(
                                    "%s has no access that could be made".formatted(exit));
                };
        exits.tables().claimed().open(gpa);
        pages[count % MOST] = gpa;
        count++;
        stepped |= verdict == Verdict.PERFORM;
    }

    /// Closes the pages again, at the cost of the exit that follows the access, or of emulating it.
    void close() {
        if (count == 0) {
            return;
        }
        boolean beside = emulated;
        for (int i = 0; i < Math.min(count, MOST); i++) {
            exits.tables().claimed().closeAgain(pages[i], beside ? null : cpu);
        }
        count = 0;
        stepped = false;
        emulated = false;
        if (beside) {
            vm.charge(Cost.EMULATION, vm.costs().shadowing());
        } else {
            cpu.exit(ExitReason.SINGLE_STEP, () -> {});
        }
    }
}
