package org.nestwalk.lab.labs.channel;

import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.TlbModel;

/// How long an access can take that walks, with no flag left to set.
final class WorstCase {
    private static final int LEVELS = 4;
    private static final int REFERENCES = (LEVELS + 1) * (LEVELS + 1) - 1;

    private WorstCase() {}

    /// Cycles: TLBs, look-ups of walk caches in every step, all 24 references of a walk of four by
    /// four levels (Bhargava et al., "Accelerating two-dimensional page walks for virtualized
    /// systems", ASPLOS 2008) and the data from memory.
    static double cycles(ProcessorModel model) {
        int tlbs =
                model.translation().secondLevelTlbs().stream()
                        .mapToInt(TlbModel::hitCycles)
                        .max()
                        .orElse(0);
        int lookups =
                (LEVELS + 2) * model.translation().walkCaches().structureCacheCycles()
                        + (LEVELS + 1) * model.translation().walkCaches().nestedTlbCycles();
        return tlbs
                + lookups
                + (REFERENCES + 1.0) * model.memory().memoryCycles()
                + model.costs().accessCycles();
    }
}
