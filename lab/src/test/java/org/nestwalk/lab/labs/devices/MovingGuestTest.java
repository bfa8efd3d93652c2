package org.nestwalk.lab.labs.devices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.lab.labs.devices.DevicesResult.Move;
import org.nestwalk.lab.labs.devices.MovingGuest.Tracking;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.model.ProcessorModel;

/// Guests that move while their device writes.
class MovingGuestTest {
    private static final int MOVES = Boolean.getBoolean("nestwalk.long") ? 1_000 : 60;
    private static final ProcessorModel MODEL = Machines.named("skylake-sp").model();

    @Test
    void writesOfTheDeviceArriveIfTheyAreTrackedAndAreLostOtherwise() {
        for (int seed = 0; seed < MOVES; seed++) {
            Move tracked = MovingGuest.move(MODEL, Tracking.IOMMU, 10, seed);
            assertThat(tracked.wrongPages()).as("seed %d", seed).isZero();
            if (seed % 10 == 0) {
                Move paused = MovingGuest.move(MODEL, Tracking.PAUSED, 10, seed);
                assertThat(paused.wrongPages()).isZero();
                assertThat(paused.pausedNanos()).isGreaterThan(10 * tracked.pausedNanos());
                assertThat(MovingGuest.move(MODEL, Tracking.NONE, 10, seed).wrongPages())
                        .isPositive();
            }
        }
    }
}
