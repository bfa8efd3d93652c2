package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.hypervisor.migration.ClosedForm;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationPolicy.Step;
import org.nestwalk.hypervisor.migration.MigrationRound;
import org.nestwalk.hypervisor.migration.live.link.LinkSettings;
import org.nestwalk.hypervisor.migration.policy.AutoConverge;
import org.nestwalk.hypervisor.migration.policy.DirtyLimit;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A guest of the seam that writes at a constant rate migrates as the closed form says, and as
/// policies slow it down.
class ClosedFormOnGuestsTest {
    // More pages than a processor has translations for, so that a pass takes as long as any other.
    private static final int PAGES = 2048;
    private static final String WRITER =
            "sequential:footprint=8MiB,stride=4KiB,writes=1,accesses=2M";

    /// A guest that writes one page after the other, and a link that is so many times as fast.
    private static Migrant writer(double rate, int others) {
        double perPage;
        try (Migrant measured = new Migrant(setting(1e9))) {
            // A page that is written for the first time since a collection takes a little longer.
            try (DirtyPages tracking = measured.vm.trackDirty(DirtySource.TRAPS)) {
                var _ = measured.kernel.slice(0, 3 * PAGES);
                tracking.collect(new PageSet());
                long before = measured.vm.cpus().getFirst().nanoseconds();
                var _ = measured.kernel.slice(0, PAGES);
                perPage = (measured.vm.cpus().getFirst().nanoseconds() - before) / (double) PAGES;
            }
        }
        double bandwidth = VmGround.PAGE_BYTES / perPage * 1e9 / rate;
        Migrant migrant = new Migrant(setting(bandwidth));
        var _ = migrant.kernel.slice(0, 3 * PAGES);
        migrant.drive.stop();
        migrant.drive.start();
        migrant.vm.exclusively(() -> {
            for (int i = 1; i <= others; i++) {
                migrant.vm.memory().write(Migrant.MEMORY - i * 4096L, 1);
            }
        });
        return migrant;
    }

    /// Without flags in the second level, so that walks write to no tables of the guest.
    private static Migrant.Setting setting(double bandwidth) {
        return Migrant.Setting.of(WRITER, LinkSettings.of(bandwidth, 0))
                .withSource(SecondLevelFormat.EPT, DirtySource.TRAPS);
    }

    private static long held(Migrant migrant) {
        PageSet held = new PageSet();
        migrant.vm.secondLevel().backedPages(Migrant.MEMORY, held);
        return held.size();
    }

    /// Whole rounds until what is left fits, or is no less than before.
    private static MigrationPolicy asTheClosedForm(long limit) {
        return progress -> {
            if (progress.rounds().isEmpty()) {
                return new Step.Round(0);
            }
            boolean fits = progress.left() <= progress.bytesIn(limit);
            boolean stuck = progress.last().written() >= progress.last().pages();
            return fits || stuck ? new Step.Stop() : new Step.Round(0);
        };
    }

    @ParameterizedTest
    @CsvSource({"0.05, 0", "0.3, 0", "0.6, 0", "0.9, 0", "0.5, 1500", "1.5, 0", "1.5, 1500"})
    void constantWritersMigrateAsTheClosedFormSays(double rate, int others) {
        try (Migrant migrant = writer(rate, others)) {
            double bandwidth = migrant.bandwidth();
            double memory = held(migrant) * (double) VmGround.PAGE_BYTES;
            long limit = Math.round(memory / bandwidth * 1e9 / 50);
            MigrationOutcome outcome = migrant.run(asTheClosedForm(limit));
            ClosedForm expected =
                    ClosedForm.of(
                            memory,
                            PAGES * (double) VmGround.PAGE_BYTES,
                            rate * bandwidth,
                            bandwidth,
                            limit);
            assertThat(outcome.failure()).isNull();
            assertThat(outcome.rounds().size()).isCloseTo(expected.rounds(), within(1));
            double took = outcome.nanoseconds() - outcome.downtime().handOver();
            if (outcome.rounds().size() == expected.rounds()) {
                assertThat(took / expected.nanoseconds()).isCloseTo(1, within(0.02));
            }
        }
    }

    @Test
    void autoConvergeSlowsTheGuestUntilItWritesLessThanTheLinkCarries() {
        try (Migrant migrant = writer(1.6, 0)) {
            MigrationOutcome outcome = migrant.run(new AutoConverge(20_000, 0.5, 0.2, 0.1, 0.99));
            assertThat(outcome.failure()).isNull();
            List<Double> steps =
                    outcome.rounds().stream().map(MigrationRound::withheld).distinct().toList();
            assertThat(steps.size()).isGreaterThan(3);
            for (int i = 1; i < steps.size(); i++) {
                assertThat(steps.get(i)).isCloseTo(0.1 + 0.1 * i, within(1e-9));
            }
            // Slowed down so, it writes less than the link carries.
            MigrationRound last = outcome.rounds().getLast();
            assertThat(last.written()).isLessThan(last.pages());
            assertThat(outcome.lost()).isPositive();
        }
    }

    @Test
    void aLimitOfDirtyPagesIsKept() {
        try (Migrant migrant = writer(1.6, 0)) {
            double most = migrant.bandwidth() / 4;
            MigrationOutcome outcome = migrant.run(new DirtyLimit(20_000, 0.5, most));
            assertThat(outcome.failure()).isNull();
            MigrationRound limited = outcome.rounds().getLast();
            assertThat(limited.written() * 4096.0 / limited.nanoseconds() * 1e9)
                    .isLessThan(1.1 * most);
        }
    }
}
