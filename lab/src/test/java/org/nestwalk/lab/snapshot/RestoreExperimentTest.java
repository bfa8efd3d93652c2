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
        for (RestoreMethod method : RestoreMethod.values()) {
            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                RestoreExperiment.Result result =
                        RestoreExperiment.run(snapshot, to, method, false);
                assertThat(result.isVerified()).as("%s %s", program, method).isTrue();
                assertThat(result.tasks().getFirst().accesses()).isEqualTo(taken.accesses());
            }
        }
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThat(RestoreExperiment.run(snapshot, to, RestoreMethod.LAZY, true).isVerified())
                    .isTrue();
        }
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
            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                assertThat(
                                RestoreExperiment.run(snapshot, KVM, RestoreMethod.LAZY, false)
                                        .isVerified())
                        .isTrue();
            }
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
        long lazy;
        long faults;
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            RestoreExperiment.Result result =
                    RestoreExperiment.run(snapshot, SIMULATED, RestoreMethod.LAZY, false);
            lazy = result.nanosTo90();
            faults = result.loading().faultPages();
        }
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            RestoreExperiment.Result result =
                    RestoreExperiment.run(snapshot, SIMULATED, RestoreMethod.WORKING_SET, false);
            assertThat(result.loading().faultPages()).isLessThanOrEqualTo(faults / 20);
            assertThat(3 * result.nanosTo90()).isLessThanOrEqualTo(lazy);
        }
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
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThatThrownBy(() ->
                            RestoreExperiment.run(
                                    snapshot, SIMULATED, RestoreMethod.WORKING_SET, false))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("no working set");
        }
    }
}
