package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.live.link.Cut;
import org.nestwalk.hypervisor.migration.live.link.LinkSettings;
import org.nestwalk.hypervisor.migration.policy.FixedRounds;
import org.nestwalk.hypervisor.migration.policy.PostCopyAfter;

/// Faults that are planted, one at a time, in either side make migrations fail that succeed
/// without.
class MigrationFaultsTest {
    private static final LinkSettings LINK = LinkSettings.of(1e9, 10_000);
    private static final int SEEDS = 4;
    private static final int CUTS = 24;
    private static final String STAYS = "the guest stays: ";
    private static final long SPARE = Migrant.MEMORY - 4096;

    private record Try(String program, double bandwidth, Supplier<MigrationPolicy> policy) {}

    private static final List<Try> TRIES =
            List.of(
                    new Try(
                            "gups:footprint=256KiB,accesses=20k",
                            1e9,
                            () -> new FixedRounds(4, 100, 0)),
                    new Try("gups:footprint=256KiB,accesses=20k", 1e9, () -> new PostCopyAfter(1)),
                    new Try(
                            "zipf:footprint=1MiB,accesses=20k",
                            4e9,
                            () -> new FixedRounds(4, 100, 0)),
                    new Try(
                            "gups:footprint=256KiB,accesses=20k",
                            300e6,
                            () -> new PostCopyAfter(0)));

    /// Migrations that a fault may show in: some rounds, some rounds and then post-copy, and a cut
    /// at each message of a short one. Returns what is wrong; empty if nothing is.
    private static String wrong(Sides sides) {
        String wrong = "";
        for (int seed = 1; seed <= SEEDS && wrong.isEmpty(); seed++) {
            int cpus = 1 + seed % 2;
            for (Try one : TRIES) {
                if (wrong.isEmpty()) {
                    String text = "%s,seed=%d".formatted(one.program, seed);
                    Migrant.Setting setting =
                            Migrant.Setting.of(text, LinkSettings.of(one.bandwidth, 10_000));
                    wrong = wrong(setting.withCpus(cpus), sides, one.policy);
                }
            }
        }
        for (int cut = 0; cut < CUTS && wrong.isEmpty(); cut++) {
            Migrant.Setting setting =
                    Migrant.Setting.of("gups:footprint=64KiB,accesses=5k", LINK)
                            .withCuts(Cut.afterMessages(cut));
            wrong = wrong(setting, sides, () -> new FixedRounds(1, 100, 0));
        }
        return wrong;
    }

    private static String wrong(
            Migrant.Setting setting, Sides sides, Supplier<MigrationPolicy> policy) {
        try (Migrant migrant = new Migrant(setting, sides)) {
            MigrationOutcome outcome =
                    migrant.run(policy.get(), progress -> touch(migrant, progress));
            migrant.finish();
            return setting.cuts().isEmpty() && !outcome.succeeded()
                    ? STAYS + outcome.failure()
                    : "";
        } catch (RuntimeException | AssertionError e) {
            return e.toString();
        }
    }

    /// A page that is nobody's holds something in the first two rounds, and nothing later.
    private static boolean touch(Migrant migrant, MigrationProgress progress) {
        long value = progress.rounds().size() < 2 ? 1 : 0;
        if (migrant.source.state() == SourceState.COPYING && progress.rounds().size() < 4) {
            migrant.vm.exclusively(() -> migrant.vm.memory().write(SPARE, value));
        }
        // Whoever looks on takes a while, in which the guest writes.
        migrant.time.sleep(10_000);
        return true;
    }

    @Test
    void withoutFaultsNothingIsWrong() {
        assertThat(wrong(new Sides() {})).isEmpty();
    }

    /// The fault of the wire is found: the guest stays.
    @Test
    void aMissingRunThatIsLostIsFound() {
        assertThat(wrong(Fault.LOSES_A_RUN)).startsWith(STAYS).contains("not what was sent");
    }

    @ParameterizedTest
    @EnumSource(names = "LOSES_A_RUN", mode = EnumSource.Mode.EXCLUDE)
    void eachFaultIsCaught(Fault fault) {
        assertThat(wrong(fault)).isNotEmpty();
    }
}
