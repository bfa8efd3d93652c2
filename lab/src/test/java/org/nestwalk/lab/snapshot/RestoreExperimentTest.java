package org.nestwalk.lab.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.lab.machines.Machines;

/// Snapshots taken on either machine and restored on either, in every way.
class RestoreExperimentTest {
    private static final SnapshotHost SIMULATED =
            new SnapshotHost(Machines.named("skylake-sp").model());
    private static final SnapshotHost KVM = new SnapshotHost(null);
    private static final List<String> PROGRAMS =
            List.of(
                    "gups:footprint=4MiB,accesses=30k",
                    "pointer-chase:footprint=2MiB,accesses=30k",
                    "arena:footprint=1MiB,arena=64KiB,accesses=30k");

    @TempDir Path folder;

    private void goesOnEverywhere(String program, SnapshotHost from, SnapshotHost to) {
        Path file = folder.resolve("a.nws");
        SnapshotExperiment.Result taken =
                SnapshotExperiment.run(program, from, 32L << 20, 10_000, file, null);
        assertThat(taken.verified()).isTrue();
        assertThat(taken.ranOn()).isTrue();
        for (RestoreMethod method : RestoreMethod.values()) {
            RestoreExperiment.Result result = RestoreExperiment.run(file, to, method, false);
            assertThat(result.isVerified()).as("%s %s", program, method).isTrue();
            assertThat(result.tasks().getFirst().accesses()).isEqualTo(taken.accesses());
        }
        assertThat(RestoreExperiment.run(file, to, RestoreMethod.LAZY, true).isVerified()).isTrue();
    }

    @Test
    void programsGoOnInTheSimulation() {
        PROGRAMS.forEach(program -> goesOnEverywhere(program, SIMULATED, SIMULATED));
    }

    @Test
    void programsGoOnOnKvm() {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/kvm")));
        for (String program : PROGRAMS) {
            goesOnEverywhere(program, KVM, KVM);
            goesOnEverywhere(program, SIMULATED, KVM);
            goesOnEverywhere(program, KVM, SIMULATED);
        }
    }

    /// Its page table is loaded, and the page mapped, while nothing of the root has been yet.
    @Test
    void firstAccessOnKvmMayBeToAPageThatTheGuestHasNotMapped() {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/kvm")));
        for (int seed = 1; seed <= 4; seed++) {
            Path file = folder.resolve("a.nws");
            SnapshotExperiment.Result _ =
                    SnapshotExperiment.run(
                            "gups:footprint=16MiB,accesses=3k,seed=" + seed,
                            KVM,
                            32L << 20,
                            1_000,
                            file,
                            null);
            assertThat(RestoreExperiment.run(file, KVM, RestoreMethod.LAZY, false).isVerified())
                    .isTrue();
        }
    }

    @Test
    void workingSetIsThreeTimesFasterToNinetyPercentInSimulatedTime() {
        Path file = folder.resolve("a.nws");
        SnapshotExperiment.Result taken =
                SnapshotExperiment.run(
                        "gups:footprint=16MiB,accesses=30k",
                        SIMULATED,
                        64L << 20,
                        20_000,
                        file,
                        null);
        assertThat(taken.ranOn()).isTrue();
        RestoreExperiment.Result lazy =
                RestoreExperiment.run(file, SIMULATED, RestoreMethod.LAZY, false);
        RestoreExperiment.Result ahead =
                RestoreExperiment.run(file, SIMULATED, RestoreMethod.WORKING_SET, false);
        assertThat(ahead.loading().faultPages())
                .isLessThanOrEqualTo(lazy.loading().faultPages() / 20);
        assertThat(3 * ahead.nanosTo90()).isLessThanOrEqualTo(lazy.nanosTo90());
    }

    @Test
    void whatCannotBeDoneIsSaid() {
        Path file = folder.resolve("a.nws");
        String program = "gups:footprint=4MiB,accesses=3k";
        assertThatThrownBy(() ->
                        SnapshotExperiment.run(program, SIMULATED, 32L << 20, 10_000, file, null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("take it earlier");
        assertThat(file).doesNotExist();
        SnapshotExperiment.Result _ =
                SnapshotExperiment.run(program, SIMULATED, 32L << 20, 1_000, file, null);
        assertThatThrownBy(() ->
                        SnapshotExperiment.run(
                                program,
                                SIMULATED,
                                64L << 20,
                                1_000,
                                folder.resolve("b.nws"),
                                file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot be the base of a snapshot of 67,108,864");
        assertThatThrownBy(() ->
                        RestoreExperiment.run(file, SIMULATED, RestoreMethod.WORKING_SET, false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no working set");
    }
}
