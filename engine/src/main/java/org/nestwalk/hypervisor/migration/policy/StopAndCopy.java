package org.nestwalk.hypervisor.migration.policy;

import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;

/// The guest is stopped at once and all of its memory sent: the longest downtime and the fewest
/// bytes.
public final class StopAndCopy implements MigrationPolicy {
    /// There is nothing to choose.
    public StopAndCopy() {}

    @Override
    public Step next(MigrationProgress progress) {
        return new Step.Stop();
    }
}
