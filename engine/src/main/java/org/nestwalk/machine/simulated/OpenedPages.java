package org.nestwalk.machine.simulated;

import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VmExit;

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

    OpenedPages(TrappingCpu cpu, VmContext vm, ExitDispatch exits) {
        this.cpu = cpu;
        this.vm = vm;
        this.exits = exits;
    }

    boolean isEmpty() {
        return count == 0;
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
        for (int i = 0; i < Math.min(count, MOST); i++) {
            exits.tables().claimed().closeAgain(pages[i], cpu);
        }
        count = 0;
        if (stepped) {
            stepped = false;
            cpu.exit(ExitReason.SINGLE_STEP, () -> {});
        } else {
            vm.charge(Cost.EMULATION, vm.costs().shadowing());
        }
    }
}
