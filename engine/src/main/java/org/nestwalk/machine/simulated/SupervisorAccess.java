package org.nestwalk.machine.simulated;

import org.nestwalk.mmu.TranslationFault;

/// Accesses of a guest's kernel by linear address.
final class SupervisorAccess {
    private SupervisorAccess() {}

    /// Makes an access of `type`, with all that resolving its faults takes. Alone.
    ///
    /// @param opened what is open to the CPU for it, nothing at first and at last
    /// @return the host-physical address
    static long make(CpuTranslation translation, OpenedPages opened, long gva, int type) {
        try {
            for (int failed = 1; ; failed++) {
                try {
                    return opened.areToEmulate()
                            ? opened.emulate(translation, gva, type)
                            : translation.mmu().walkOrFault(gva, type);
                } catch (TranslationFault fault) {
                    Attempts.check(failed, () -> String.valueOf(fault.getMessage()));
                    translation.resolve(fault);
                }
            }
        } finally {
            opened.close();
        }
    }
}
