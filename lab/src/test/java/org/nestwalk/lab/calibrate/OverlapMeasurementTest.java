package org.nestwalk.lab.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.kvm.measure.Replay;

/// A host whose overlap is known: 100 ns of memory, twelve misses, and a walk of 80 ns at 4K.
class OverlapMeasurementTest {
    private static final Clocks CLOCKS = new Clocks(2, 3);
    private static final long BYTES = 1L << 30;
    private static final double TICKS = CLOCKS.ticksPerNanosecond();

    private record PlantedLoads(PageSize pages) implements Loads {
        @Override
        public Place place() {
            return Place.NATIVE;
        }

        @Override
        public long bytes() {
            return BYTES;
        }

        private double dependent() {
            return pages == PageSize.SIZE_4K ? 180 : 100;
        }

        @Override
        public long chase(LoadPattern pattern, int warming, int settling, int loads) {
            return Math.round(loads * dependent() * TICKS);
        }

        @Override
        public long flood(LoadPattern pattern, int loads) {
            double independent = pages == PageSize.SIZE_4K ? 20 : 100 / 12.0;
            return Math.round(loads * independent * TICKS);
        }

        @Override
        public void close() {}
    }

    private static final class PlantedReplay implements Replay {
        @Override
        public Loads.Place place() {
            return Loads.Place.NATIVE;
        }

        @Override
        public PageSize pages() {
            return PageSize.SIZE_2M;
        }

        @Override
        public long bytes() {
            return BYTES;
        }

        @Override
        public long[] times(long[] accesses, int length, long footprint) {
            long[] ticks = new long[accesses.length / length];
            boolean isCached = footprint < 1 << 20;
            Arrays.fill(ticks, Math.round(length * (isCached ? 2 : 100 / 7.0) * TICKS));
            return ticks;
        }

        @Override
        public void close() {}
    }

    private static OverlapMeasurement measurement() {
        return new OverlapMeasurement(
                CLOCKS,
                List.of(new PlantedLoads(PageSize.SIZE_4K), new PlantedLoads(PageSize.SIZE_2M)),
                new PlantedReplay(),
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
