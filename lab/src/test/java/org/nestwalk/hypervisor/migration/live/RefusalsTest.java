package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.live.link.LinkSettings;
import org.nestwalk.hypervisor.migration.policy.FixedRounds;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VmSettings;

/// What a target does not take: it says why, throws away what it has, and the guest goes on where
/// it was.
class RefusalsTest {
    private static final Migrant.Setting SETTING =
            Migrant.Setting.of("gups:footprint=64KiB,accesses=8k", LinkSettings.of(500e6, 10_000));

    /// Why a guest stays if what arrives is changed so.
    private static String refused(UnaryOperator<Message> change, boolean postCopy) {
        Sides sides =
                new Sides() {
                    @Override
                    public Message received(Message message) {
                        return change.apply(message);
                    }
                };
        try (Migrant migrant = new Migrant(SETTING, sides)) {
            MigrationOutcome outcome =
                    migrant.run(postCopy ? new PostCopyAfter(0) : new FixedRounds(2, 100, 0));
            assertThat(migrant.source.state()).isEqualTo(SourceState.KEPT);
            assertThat(migrant.target.state()).isIn(TargetState.LOST, TargetState.WAITING);
            migrant.finish();
            return String.valueOf(outcome.failure());
        }
    }

    private static UnaryOperator<Message> pages(UnaryOperator<PageBatch> change) {
        return message ->
                message instanceof Message.Pages(PageBatch batch)
                        ? new Message.Pages(change.apply(batch))
                        : message;
    }

    private static UnaryOperator<Message> state(UnaryOperator<Message.State> change) {
        return message -> message instanceof Message.State state ? change.apply(state) : message;
    }

    private static PageBatch moved(PageBatch batch, long gpa) {
        PageBatch moved = new PageBatch();
        int index = moved.add(gpa, PageChecksum.of(gpa, batch.bytes(0), batch.offset(0)));
        moved.bytes(index).put(moved.offset(index), batch.bytes(0), batch.offset(0), 4096);
        return moved;
    }

    @Test
    void aDamagedPageIsRefused() {
        assertThat(
                        refused(
                                pages(batch -> {
                                    int at = batch.offset(0) + 61;
                                    batch.bytes(0).put(at, (byte) (batch.bytes(0).get(at) ^ 1));
                                    return batch;
                                }),
                                false))
                .matches("the target does not take it: the page at 0x\\w+ has come damaged");
    }

    @Test
    void aPageThatIsNoneOfTheGuestIsRefused() {
        for (long gpa : new long[] {-4096, Migrant.MEMORY, 100, Long.MAX_VALUE - 4095}) {
            assertThat(refused(pages(batch -> moved(batch, gpa)), false))
                    .contains("are no pages of the guest");
        }
    }

    @Test
    void aPageAtAnotherAddressIsFoundInTheEnd() {
        assertThat(refused(pages(batch -> moved(batch, Migrant.MEMORY - 4096)), false))
                .endsWith("what has come is not what was sent");
    }

    @Test
    void aStateThatIsChangedIsRefused() {
        assertThat(
                        refused(
                                state(told -> {
                                    byte[] other = told.state().clone();
                                    other[other.length / 2] ^= 1;
                                    return new Message.State(other, told.missing(), told.digest());
                                }),
                                false))
                .endsWith("what has come is not what was sent");
    }

    @Test
    void runsOfMissingPagesThatMakeNoSenseAreRefused() {
        long[][] nonsense = {
            {4096}, {0, 0}, {0, 100}, {8192, 4096, 0, 4096}, {0, 2 * Migrant.MEMORY}, {-4096, 8192}
        };
        for (long[] runs : nonsense) {
            assertThat(
                            refused(
                                    state(told ->
                                            new Message.State(told.state(), runs, told.digest())),
                                    true))
                    .startsWith("the target does not take it: ");
        }
    }

    @Test
    void aGuestThatHasNoRoomIsRefusedAtOnce() {
        assertThat(
                        refused(
                                message ->
                                        message instanceof Message.Offer(long id, var _, var from)
                                                ? new Message.Offer(
                                                        id,
                                                        new VmSettings(
                                                                "huge",
                                                                1L << 40,
                                                                4,
                                                                TranslationMode.NESTED),
                                                        from)
                                                : message,
                                false))
                .startsWith("the target does not take it: ");
    }

    @Test
    void aMessageThatMakesNoSenseEndsTheMigration() {
        assertThat(
                        refused(
                                message ->
                                        message instanceof Message.EndOfRound
                                                ? new Message.Go()
                                                : message,
                                false))
                .contains("the source has said Go, which makes no sense now");
    }
}
