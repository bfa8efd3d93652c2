package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.live.link.LinkSettings;
import org.nestwalk.hypervisor.migration.policy.FixedRounds;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;
import org.nestwalk.hypervisor.migration.policy.StopAndCopy;

/// Guests move and end as if they had not.
class LiveMigrationTest {
    private static final LinkSettings LINK = LinkSettings.of(2e9, 20_000);
    private static final String PROGRAM = "gups:footprint=1MiB,accesses=20k";

    private static MigrationOutcome migrate(MigrationPolicy policy, int cpus) {
        try (Migrant migrant = new Migrant(Migrant.Setting.of(PROGRAM, LINK).withCpus(cpus))) {
            MigrationOutcome outcome = migrant.run(policy);
            assertThat(outcome.failure()).isNull();
            assertThat(migrant.isThere()).isTrue();
            migrant.finish();
            return outcome;
        }
    }

    @Test
    void stopAndCopyMovesAGuest() {
        MigrationOutcome outcome = migrate(new StopAndCopy(), 1);
        assertThat(outcome.rounds()).isEmpty();
        assertThat(outcome.downtime().memory()).isPositive();
    }

    @Test
    void preCopyMovesAGuestThatWrites() {
        MigrationOutcome outcome = migrate(new FixedRounds(3, 100, 0), 2);
        assertThat(outcome.rounds()).hasSize(3).allMatch(round -> round.written() > 0);
    }

    @Test
    void postCopyMovesAGuestBeforeItsMemory() {
        MigrationOutcome outcome = migrate(new PostCopyAfter(0), 2);
        assertThat(outcome.faults()).isPositive();
        assertThat(outcome.longestPause()).isPositive();
    }

    @Test
    void roundsAndThenPostCopyMoveAGuest() {
        MigrationOutcome outcome = migrate(new PostCopyAfter(1), 3);
        assertThat(outcome.rounds()).hasSize(1);
    }
}
