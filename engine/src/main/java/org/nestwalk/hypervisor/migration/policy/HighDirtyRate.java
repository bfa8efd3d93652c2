package org.nestwalk.hypervisor.migration.policy;

import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.MigrationRound;

/// Notices that a guest writes too fast: in two rounds, not counting those between in which it did
/// not, it wrote more than a part of what was sent meanwhile. Then it counts anew.
///
/// Source: QEMU's `migration_trigger_throttle` (`migration/ram.c`), with a part of 50 % by default
/// (`throttle-trigger-threshold`).
final class HighDirtyRate {
    private static final int TWICE = 2;
    private static final long PAGE = 4096;

    private final double threshold;
    private int count;
    private int seen;

    HighDirtyRate(double threshold) {
        this.threshold = threshold;
    }

    /// Whether the last round makes it so. The first one is not asked about: it sends all there is.
    boolean isHigh(MigrationProgress progress) {
        int rounds = progress.rounds().size();
        if (rounds == seen || rounds == 0) {
            return false;
        }
        seen = rounds;
        MigrationRound last = progress.last();
        if (last.written() * PAGE > threshold * last.bytes() && ++count >= TWICE) {
            count = 0;
            return true;
        }
        return false;
    }
}
