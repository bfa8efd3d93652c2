package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.live.link.Cut;
import org.nestwalk.hypervisor.migration.live.link.LinkSettings;
import org.nestwalk.hypervisor.migration.policy.FixedRounds;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;
import org.nestwalk.machine.GuestFailure;

/// Migrations that come to nothing, and what is left of them.
class GivingUpTest {
    private static final long DOWN = 5_000_000_000L;

    private static final Migrant.Setting SETTING =
            Migrant.Setting.of(
                    "gups:footprint=256KiB,accesses=20k", LinkSettings.of(500e6, 10_000));

    /// Nobody listens: the guest has not been stopped for a moment.
    @Test
    void aGuestStaysIfTheTargetCannotBeReached() {
        try (Migrant migrant = new Migrant(SETTING.withCuts(new Cut(0, 0, 0, 0, DOWN)))) {
            MigrationOutcome outcome = migrant.run(new FixedRounds(2, 100, 0));
            assertThat(outcome.failure()).isEqualTo("the connection is broken");
            assertThat(migrant.target.state()).isEqualTo(TargetState.WAITING);
            migrant.finish();
        }
    }

    @Test
    void whoeverLooksOnCanEndAMigrationInAnyRound() {
        for (int rounds = 0; rounds < 4; rounds++) {
            int most = rounds;
            try (Migrant migrant = new Migrant(SETTING)) {
                MigrationOutcome outcome =
                        migrant.run(
                                new FixedRounds(10, 100, 0),
                                progress -> progress.rounds().size() < most);
                assertThat(outcome.isCancelled()).isTrue();
                assertThat(migrant.source.state()).isEqualTo(SourceState.KEPT);
                assertThat(migrant.target.state()).isEqualTo(TargetState.LOST);
                assertThat(migrant.target.reason()).isEqualTo(outcome.failure());
                migrant.finish();
            }
        }
    }

    /// A guest that waits for a page from a source that is gone for good has to be given up: this
    /// is what post-copy risks.
    @Test
    void aGuestWhoseMemoryNeverComesCannotGoOn() {
        int before;
        try (Migrant migrant = new Migrant(SETTING)) {
            var _ = migrant.run(new PostCopyAfter(0));
            before = migrant.before(Message.Want.class);
        }
        try (Migrant migrant =
                new Migrant(SETTING.withCuts(new Cut(before + 4, Long.MAX_VALUE, 0, 0, DOWN)))) {
            assertThatThrownBy(() -> migrant.run(new PostCopyAfter(0), _ -> true, _ -> {}))
                    .isInstanceOf(GuestFailure.class)
                    .hasMessageContaining("a source that cannot be reached");
            assertThat(List.of(migrant.source.state(), migrant.target.state()))
                    .containsExactly(SourceState.SERVING, TargetState.RUNNING);
        }
    }

    /// Pages that were never backed are zero on both sides, and are not sent.
    @Test
    void onlyMemoryThatHoldsSomethingIsSent() {
        try (Migrant migrant = new Migrant(SETTING)) {
            MigrationOutcome outcome = migrant.run(new FixedRounds(1, 100, 0));
            assertThat(outcome.rounds().getFirst().bytes()).isLessThan(Migrant.MEMORY / 20);
            migrant.finish();
        }
    }
}
