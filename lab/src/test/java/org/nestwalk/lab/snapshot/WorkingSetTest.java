package org.nestwalk.lab.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.lab.machines.Machines;

/// A working set is one snapshot's, and a snapshot is the same bytes each time.
class WorkingSetTest {
    private static final SnapshotHost HOST = new SnapshotHost(Machines.named("textbook").model());

    @TempDir private Path folder = Path.of("");

    private Path take(String name, int seed) {
        Path file = folder.resolve(name);
        SnapshotExperiment.Result _ =
                SnapshotExperiment.run(
                        "gups:footprint=1MiB,accesses=3k,seed=" + seed,
                        HOST,
                        16L << 20,
                        1_000,
                        file,
                        null);
        return file;
    }

    private static void restore(Path file, RestoreMethod method) {
        assertThat(RestoreExperiment.run(file, HOST, method, false).isVerified()).isTrue();
    }

    private static void assertRefused(Path file, String why) {
        assertThatThrownBy(() -> restore(file, RestoreMethod.WORKING_SET))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file + ".ws")
                .hasMessageContaining(why)
                .hasMessageContaining("restore " + file + " lazily, which keeps a new one");
    }

    @Test
    void ofAnotherSnapshotOrNoneIsRefused() throws IOException {
        Path first = take("a.nws", 1);
        Path second = take("b.nws", 2);
        restore(first, RestoreMethod.LAZY);
        restore(first, RestoreMethod.WORKING_SET);
        Path set = Restores.workingSetOf(second);
        Files.copy(Restores.workingSetOf(first), set);
        assertRefused(second, "is no working set of this snapshot");
        Files.delete(set);
        Files.copy(first, set);
        assertRefused(second, "is no working set of this snapshot");
        Files.writeString(set, "no snapshot at all");
        assertRefused(second, "");
    }

    @Test
    void movedAwayFromItsSnapshotIsRefusedWithACure() throws IOException {
        Path first = take("a.nws", 1);
        restore(first, RestoreMethod.LAZY);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("z.nws");
        Files.move(first, elsewhere);
        Files.move(Restores.workingSetOf(first), Restores.workingSetOf(elsewhere));
        assertRefused(elsewhere, "its base is missing");
    }

    @Test
    void sameArgumentsMakeTheSameBytes() {
        try (SnapshotFile one = SnapshotFile.open(take("a.nws", 1));
                SnapshotFile two = SnapshotFile.open(take("b.nws", 1))) {
            assertThat(one.sha256()).isEqualTo(two.sha256());
        }
    }
}
