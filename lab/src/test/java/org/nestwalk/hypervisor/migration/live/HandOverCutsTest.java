package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.live.link.Cut;
import org.nestwalk.hypervisor.migration.live.link.LinkSettings;
import org.nestwalk.hypervisor.migration.policy.FixedRounds;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;

/// A migration is cut at each of its messages, so that all states of the model in which there is a
/// connection (`designs/hand-over.pml`) are met; and where nobody but a human can decide, one does.
class HandOverCutsTest {
    private static final long NOTICES = 5_000_000;
    private static final long DOWN = 2_500_000_000L;

    private static final Migrant.Setting SETTING =
            Migrant.Setting.of("gups:footprint=64KiB,accesses=8k", LinkSettings.of(500e6, 10_000));

    private static MigrationPolicy preCopy() {
        return new FixedRounds(1, 100, 0);
    }

    private static MigrationPolicy postCopy() {
        return new PostCopyAfter(0);
    }

    /// Cuts at each message, each noticed at once, or later by either side; then at each message of
    /// the second connection, too. Returns the states of both sides in which that was.
    private static Set<String> cutEverywhere(Supplier<MigrationPolicy> policy) {
        Set<String> states = new TreeSet<>();
        int messages = count(policy);
        for (int at = 0; at < messages; at++) {
            for (int late = 0; late < 3; late++) {
                Cut cut =
                        new Cut(
                                at,
                                Long.MAX_VALUE,
                                late == 1 ? NOTICES : 0,
                                late == 2 ? NOTICES : 0,
                                0);
                try (Migrant migrant =
                        new Migrant(SETTING.withCuts(cut, Cut.afterMessages(at % 5)))) {
                    var _ = migrant.run(policy.get());
                    migrant.finish();
                    states.add(migrant.states.get(at));
                } catch (AssertionError e) {
                    throw new AssertionError("cut at message " + at + ", " + late, e);
                }
            }
        }
        return states;
    }

    private static int count(Supplier<MigrationPolicy> policy) {
        try (Migrant migrant = new Migrant(SETTING)) {
            var _ = migrant.run(policy.get());
            migrant.finish();
            return migrant.messages.size();
        }
    }

    @Test
    void aCutInAnyStateOfPreCopyLeavesTheGuestOnOneSide() {
        assertThat(cutEverywhere(HandOverCutsTest::preCopy))
                .containsExactlyInAnyOrder(
                        "OFFERING WAITING",
                        "OFFERING RECEIVING",
                        "COPYING RECEIVING",
                        "ASKING RECEIVING",
                        "ASKING READY",
                        "IN_DOUBT READY",
                        "IN_DOUBT RUNNING",
                        "GONE RUNNING");
    }

    @Test
    void aCutInAnyStateOfPostCopyLeavesTheGuestOnOneSide() {
        assertThat(cutEverywhere(HandOverCutsTest::postCopy))
                .contains("IN_DOUBT RUNNING", "SERVING RUNNING", "GONE RUNNING");
    }

    /// @param passing messages from [Message.Go] on that still arrive
    private static Migrant inDoubt(int passing) {
        int before;
        try (Migrant migrant = new Migrant(SETTING)) {
            var _ = migrant.run(preCopy());
            before = migrant.before(Message.Go.class);
        }
        return new Migrant(SETTING.withCuts(new Cut(before + passing, Long.MAX_VALUE, 0, 0, DOWN)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aSourceThatCannotAskIsInDoubtAndTriesAgain(int passing) {
        try (Migrant migrant = inDoubt(passing)) {
            MigrationOutcome outcome =
                    migrant.run(
                            preCopy(),
                            _ -> true,
                            side -> {
                                assertThat(side.state()).isEqualTo(SourceState.IN_DOUBT);
                                assertThat(migrant.target.state())
                                        .isEqualTo(
                                                passing == 0
                                                        ? TargetState.READY
                                                        : TargetState.RUNNING);
                                while (!side.again()) {
                                    assertThat(side.state()).isEqualTo(SourceState.IN_DOUBT);
                                }
                            });
            assertThat(outcome.failure())
                    .startsWith("it is not known whether the target runs the guest: ");
            assertThat(migrant.source.state()).isEqualTo(SourceState.GONE);
            migrant.finish();
        }
    }

    @Test
    void aHumanTakesTheGuestBackFromATargetThatIsGone() {
        try (Migrant migrant = inDoubt(0)) {
            var _ =
                    migrant.run(
                            preCopy(),
                            _ -> true,
                            side -> {
                                migrant.target.close();
                                side.takeBack();
                            });
            assertThat(migrant.source.state()).isEqualTo(SourceState.KEPT);
            assertThat(migrant.target.state()).isEqualTo(TargetState.LOST);
            migrant.finish();
        }
    }

    @Test
    void aHumanLetsTheTargetTakeOverFromASourceThatIsGone() {
        try (Migrant migrant = inDoubt(0)) {
            var _ = migrant.run(preCopy(), _ -> true, _ -> {});
            assertThat(migrant.target.state()).isEqualTo(TargetState.READY);
            migrant.drive.close();
            migrant.target.takeOver();
            migrant.finish();
        }
    }

    /// Who is not asked does not decide: there is nothing to take back or over.
    @Test
    void nobodyDecidesWhatIsKnown() {
        try (Migrant migrant = new Migrant(SETTING)) {
            var _ = migrant.run(preCopy());
            for (Runnable decision :
                    List.<Runnable>of(migrant.source::takeBack, migrant.target::takeOver)) {
                assertThat(catchThrowable(decision::run))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("is known");
            }
        }
    }

    /// Whoever has connected and does not offer a guest, or asks for one that is not known, leaves
    /// the target as it was; and while one guest is on its way there is no room for another.
    @Test
    void strangersChangeNothing() {
        try (Migrant migrant = new Migrant(SETTING)) {
            migrant.time.run(
                    () -> {
                        Wire nonsense = migrant.network.connect(1_000_000);
                        nonsense.send(new Message.Go());
                        Wire asking = migrant.network.connect(1_000_000);
                        asking.send(new Message.Resume(99));
                        assertThat(asking.receive(10_000_000)).isEqualTo(new Message.Unknown());
                        asking.close();
                        var _ = migrant.source.run(preCopy(), _ -> true);
                    },
                    migrant.target::run);
            assertThat(migrant.target.state()).isEqualTo(TargetState.SETTLED);
            migrant.finish();
        }
    }
}
