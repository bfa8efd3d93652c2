package org.nestwalk.lab.labs.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.merging.Consolidation.Means;
import org.nestwalk.lab.labs.merging.Consolidation.Outcome;
import org.nestwalk.lab.labs.merging.Consolidation.Scene;
import org.nestwalk.lab.labs.merging.MergingResult.Channel;
import org.nestwalk.lab.labs.merging.MergingResult.Stage;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// [MergingExperiment] and its parts, against what is planted and what is published.
class MergingExperimentTest {
    private static final ProcessorModel MODEL =
            TestMachines.of(SecondLevelFormat.NPT, List.of(), List.of(), null);
    private static final int PAGES = 256;
    private static final int GUESTS = 3;

    private static Scene scene(GuestImage image, double writes) {
        var program = ProgramSpec.parse("gups:footprint=64KiB,accesses=3k");
        return new Scene(
                MODEL,
                program,
                GUESTS,
                new GuestLayout(PAGES * 4096L, program.base(), program.footprint()),
                image,
                3_000_000_000L,
                0.3,
                writes);
    }

    private static Outcome run(Scene scene, Means means) {
        return new Consolidation(scene, means).run(new Meter(ProgressListener.NONE, 1));
    }

    private static long saved(Outcome apart, Outcome outcome) {
        return (apart.taken().get(Consolidation.MOMENTS)
                        - outcome.taken().get(Consolidation.MOMENTS))
                / 4096;
    }

    /// Guests of one image and program hold the same in the end, tables included.
    @Test
    void mergingSavesExactlyWhatIsPossible() {
        for (int seed = 1; seed <= 3; seed++) {
            Scene scene = scene(new GuestImage(0.5, 0.2, 0, seed), 0);
            Outcome apart = run(scene, new Means(false, 0, false));
            Outcome merged = run(scene, new Means(false, 4, false));
            assertThat(apart.possible()).isGreaterThan((GUESTS - 1) * PAGES * 6L / 10);
            assertThat(saved(apart, merged)).isEqualTo(apart.possible());
            assertThat(merged.merges().pagesSharing()).isEqualTo(apart.possible());
        }
    }

    @Test
    void forkSavesWhatTheImagesHaveInCommonAtOnce() {
        GuestImage image = new GuestImage(0.5, 0, 0, 1);
        Scene scene = scene(image, 0);
        Outcome apart = run(scene, new Means(false, 0, false));
        Outcome forked = run(scene, new Means(true, 0, false));
        long common = 0;
        for (int page = 0; page < PAGES; page++) {
            common += image.kind(page) == GuestImage.Kind.EQUAL ? 1 : 0;
        }
        // Common pages and tables, which nothing has been loaded into, are not even mapped.
        assertThat((apart.taken().get(0) - forked.taken().get(0)) / 4096)
                .isBetween((GUESTS - 1) * common, (GUESTS - 1) * (common + 12));
        assertThat(forked.merges().merged()).isZero();
    }

    @Test
    void writesToTheImageAreCopies() {
        Scene scene = scene(new GuestImage(1, 0, 0, 1), 40);
        Outcome merged = run(scene, new Means(false, 4, false));
        assertThat(merged.copies()).isPositive();
        assertThat(merged.copyExits()).isGreaterThanOrEqualTo(merged.copies());
    }

    @Test
    void patchesSaveMoreWhereImagesAreSimilar() {
        Scene scene = scene(new GuestImage(0, 0, 1, 1), 0);
        Outcome apart = run(scene, new Means(false, 0, false));
        Outcome merged = run(scene, new Means(false, 4, false));
        Outcome patched = run(scene, new Means(false, 4, true));
        // An eighth of each page but those of the first guest stays.
        assertThat((double) saved(apart, patched) - saved(apart, merged))
                .isCloseTo((GUESTS - 1) * PAGES * 7 / 8.0, within(0.05 * GUESTS * PAGES));
        // Tables resemble each other, too.
        assertThat(patched.patches().patched()).isGreaterThanOrEqualTo((GUESTS - 1) * PAGES);
    }

    @Test
    void exampleOfDifferenceEngineComesOutWithinFivePercent() {
        for (int seed = 1; seed <= 2; seed++) {
            List<Stage> stages = new DifferenceExample(MODEL, seed).run();
            assertThat(stages.getFirst().pages()).isEqualTo(393_120 / 32);
            for (Stage stage : stages) {
                assertThat(stage.share())
                        .as(stage.name())
                        .isCloseTo(stage.published(), within(0.05 * stage.published()));
            }
        }
    }

    @Test
    void writeTellsWhetherANeighbourHoldsThePageUnlessDomainsDiffer() {
        ProcessorModel model = Machines.named("skylake-sp").model();
        Channel open = new WriteChannel(model, 3).run(false);
        Channel closed = new WriteChannel(model, 3).run(true);
        assertThat(open.error()).isZero();
        assertThat(open.sensitivity()).isGreaterThan(3).isFinite();
        // The exit, the copy and the mapping.
        assertThat(open.sameCycles() - open.otherCycles())
                .isGreaterThan(model.costs().exitCycles() + 1_500 + 1_000);
        assertThat(closed.error()).isBetween(0.35, 0.65);
        assertThat(closed.sensitivity()).isLessThan(0.3);
    }

    @Test
    void sameArgumentsGiveTheSame() {
        Scene scene = scene(new GuestImage(0.4, 0.2, 0.2, 1), 20);
        assertThat(MergingExperiment.run(Laboratory.unwatched(), scene, 2, 1))
                .isEqualTo(MergingExperiment.run(Laboratory.unwatched(), scene, 2, 1));
    }

    @Test
    void guestThatIsTooLargeIsRefused() {
        assertThatThrownBy(() -> new GuestLayout(256L << 20, 1L << 40, 512L << 20))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "an image of 256MiB and a program of 512MiB are more than the 512MiB that"
                                + " a guest of this experiment has; use less");
    }
}
