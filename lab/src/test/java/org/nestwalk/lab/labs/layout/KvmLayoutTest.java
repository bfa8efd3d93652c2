package org.nestwalk.lab.labs.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.experiment.Laboratory;

/// Memory on KVM that moves while it is used.
class KvmLayoutTest {
    private static final int RUNS = Boolean.getBoolean("nestwalk.long") ? 1_000 : 2;
    private static final int LAYOUTS = 3;

    @Test
    void movingPagesKeepsWhatProgramsStored() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
        for (int seed = 0; seed < RUNS; seed++) {
            LayoutResult result =
                    MeasuredLayout.run(Laboratory.unwatched(), 4L << 20, LAYOUTS, seed);
            assertThat(result.keptContents()).isTrue();
            assertThat(result.missing() == null).isEqualTo(!result.placements().isEmpty());
        }
    }
}
