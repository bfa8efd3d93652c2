package org.nestwalk.kvm.machine;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VmExit;

/// The pages that are open to one CPU for a single access that parts of the hypervisor refuse but
/// let be made ([org.nestwalk.machine.Verdict#PERFORM]). No other CPU is in the guest while there
/// are any.
final class OpenedPages {
    private final KvmSecondLevel secondLevel;
    private final List<Long> pages = new ArrayList<>();

    OpenedPages(KvmSecondLevel secondLevel) {
        this.secondLevel = secondLevel;
    }

    boolean isEmpty() {
        return pages.isEmpty();
    }

    /// Opens the page of an access that is to be performed, if that is the `verdict`: a trapped
    /// one, or one that had the page backed. Emulated ones are performed, too.
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
        secondLevel.open(gpa);
        pages.add(gpa);
    }

    /// Closes all pages. Returns whether any was open.
    boolean close() {
        boolean any = !pages.isEmpty();
        pages.forEach(secondLevel::closeAgain);
        pages.clear();
        return any;
    }
}
