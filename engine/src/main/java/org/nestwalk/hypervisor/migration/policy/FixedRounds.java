package org.nestwalk.hypervisor.migration.policy;

import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.MigrationRound;

/// Stops when few pages are left, after so many rounds, or when so many times the memory has been
/// sent: Xen's rules (Clark et al., NSDI 2005, section 5.1; `tools/libxc/xc_domain_save.c`: 29
/// rounds, three times the memory, 50 pages).
public final class FixedRounds implements MigrationPolicy {
    private static final long PAGE = 4096;

    private final int rounds;
    private final double factor;
    private final long pages;

    /// @param rounds most of them
    /// @param factor most bytes of pages sent, in times the guest's memory
    /// @param pages that may be left
    public FixedRounds(int rounds, double factor, long pages) {
        this.rounds = rounds;
        this.factor = factor;
        this.pages = pages;
    }

    @Override
    public Step next(MigrationProgress progress) {
        boolean stop =
                progress.rounds().size() >= rounds
                        || sentPages(progress) * PAGE > factor * progress.memory()
                        || !progress.rounds().isEmpty() && progress.left() <= pages * PAGE;
        return stop ? new Step.Stop() : new Step.Round(0);
    }

    private static long sentPages(MigrationProgress progress) {
        return progress.rounds().stream().mapToLong(MigrationRound::pages).sum();
    }
}
