package org.nestwalk.lab.labs.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.experiment.Laboratory;

/// Memory on KVM that moves while it is used.
class KvmLayoutTest {
    private static final int GUESTS = Boolean.getBoolean("nestwalk.long") ? 50 : 1;

    /// Moves of all memory of a guest, to places of their own each.
    private static final int MOVES = 20;

    private static final int LAYOUTS = 3;
    private static final long BYTES = 4L << 20;

    @BeforeEach
    void needKvm() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
    }

    @Test
    void movingPagesKeepsWhatProgramsStored() {
        for (int seed = 0; seed < GUESTS; seed++) {
            assertThat(MeasuredLayout.kept(BYTES, MOVES, seed)).as("seed " + seed).isEqualTo(MOVES);
        }
    }

    @Test
    void placesAreKnownWhereTheHostSaysThem() {
        LayoutResult result = MeasuredLayout.run(Laboratory.unwatched(), BYTES, LAYOUTS, 1);
        assertThat(result.keptContents()).isTrue();
        assertThat(result.missing() == null).isEqualTo(!result.placements().isEmpty());
    }
}
