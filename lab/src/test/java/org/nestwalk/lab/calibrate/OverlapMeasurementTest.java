package org.nestwalk.lab.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Loads;

/// A host whose overlap is known: 100 ns of memory, twelve misses, and a walk of 80 ns at 4K.
class OverlapMeasurementTest {
    private static final Clocks CLOCKS = new Clocks(2, 3);
    private static final long BYTES = 1L << 30;

    private static Loads loads(PageSize pages, double dependent, double independent) {
        return new PlantedHost.PlantedLoads(CLOCKS, pages, BYTES, _ -> dependent, _ -> independent);
    }

    private static OverlapMeasurement measurement() {
        return new OverlapMeasurement(
                CLOCKS,
                List.of(loads(PageSize.SIZE_4K, 180, 20), loads(PageSize.SIZE_2M, 100, 100 / 12.0)),
                new PlantedHost.PlantedReplay(
                        CLOCKS, BYTES, footprint -> footprint < 1 << 20 ? 2 : 100 / 7.0),
                3);
    }

    @Test
    void plantedOverlapIsFoundAgain() {
        OverlapMeasurement measurement = measurement();
        measurement.run(_ -> true);
        Overlap overlap = measurement.overlap(100);
        assertThat(overlap.misses().value()).isCloseTo(12, within(0.01));
        assertThat(overlap.window().value()).isCloseTo(7, within(0.01));
        assertThat(overlap.walkers().value()).isCloseTo(4, within(0.01));
        assertThat(overlap.issueCycles().value()).isCloseTo(6, within(0.01));
        assertThat(overlap.rows()).hasSize(3);
    }

    @Test
    void itCanBeEndedOnceThereIsARepeat() {
        OverlapMeasurement measurement = measurement();
        List<Integer> asked = new ArrayList<>();
        measurement.run(done -> !asked.add(done));
        assertThat(asked).isEqualTo(List.of(1));
        assertThat(measurement.overlap(100).misses().value()).isCloseTo(12, within(0.01));
    }
}
