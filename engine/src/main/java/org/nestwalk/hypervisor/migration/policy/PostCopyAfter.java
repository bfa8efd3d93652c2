package org.nestwalk.hypervisor.migration.policy;

import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;

/// Has the guest go on over there after so many rounds, and fetch what it misses.
///
/// Source: Hines, Deshpande and Gopalan, "Post-copy live migration of virtual machines", ACM SIGOPS
/// Operating Systems Review, July 2009; QEMU's `postcopy-ram` begins after a round by its
/// documentation.
public final class PostCopyAfter implements MigrationPolicy {
    private final int rounds;

    /// @param rounds of pre-copy before that; 0 for none
    public PostCopyAfter(int rounds) {
        this.rounds = rounds;
    }

    @Override
    public Step next(MigrationProgress progress) {
        boolean done =
                progress.rounds().size() >= rounds
                        || !progress.rounds().isEmpty() && progress.left() == 0;
        return done ? new Step.PostCopy() : new Step.Round(0);
    }
}
