package org.nestwalk.lab.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Footprints;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.kvm.measure.Replay;
import org.nestwalk.mmu.model.ProcessorModel;

class CalibrationRoundsTest {
    private static final Clocks CLOCKS = new Clocks(2, 3);
    private static final long BYTES = 64L << 20;

    /// How many times as long everything takes in the round that is being made.
    private double disturbed = 1;

    private final class PlantedLoads implements Loads {
        private final PageSize pages;

        PlantedLoads(PageSize pages) {
            this.pages = pages;
        }

        @Override
        public Place place() {
            return Place.NATIVE;
        }

        @Override
        public PageSize pages() {
            return pages;
        }

        @Override
        public long bytes() {
            return BYTES;
        }

        @Override
        public long chase(LoadPattern pattern, int warming, int settling, int loads) {
            double time = PlantedMachine.time(pattern, pages) * disturbed;
            return Math.round(loads * time * CLOCKS.ticksPerNanosecond());
        }

        @Override
        public long flood(LoadPattern pattern, int loads) {
            return chase(pattern, 1, loads) / 10;
        }

        @Override
        public void close() {}
    }

    private final class PlantedReplay implements Replay {
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
            Arrays.fill(ticks, Math.round(length * 20 * disturbed));
            return ticks;
        }

        @Override
        public void close() {}
    }

    private CalibrationRounds rounds(int most) {
        return new CalibrationRounds(
                CLOCKS,
                List.of(new PlantedLoads(PageSize.SIZE_4K), new PlantedLoads(PageSize.SIZE_2M)),
                new PlantedReplay(),
                Footprints.upTo(BYTES, 1),
                most);
    }

    private ProcessorModel machineOf(double... rounds) {
        CalibrationRounds calibration = rounds(rounds.length);
        for (double factor : rounds) {
            disturbed = factor;
            assertThat(calibration.round(() -> true)).isTrue();
        }
        return calibration.machine(Host.running(), false, "a day");
    }

    @Test
    void machineIsThatOfMostRounds() {
        ProcessorModel quiet = machineOf(1);
        assertThat(quiet.memory().memoryCycles()).isBetween(300, 360);
        assertThat(machineOf(3, 1, 1)).isEqualTo(quiet);
        // A best quantile of all would have taken the one round that others left alone.
        assertThat(machineOf(3, 1, 3).memory().memoryCycles())
                .isGreaterThan(2 * quiet.memory().memoryCycles());
    }

    @Test
    void endedRoundCountsForNothing() {
        CalibrationRounds calibration = rounds(2);
        calibration.round(() -> true);
        ProcessorModel machine = calibration.machine(Host.running(), false, "a day");
        disturbed = 5;
        int[] steps = {calibration.steps() - 1};
        assertThat(calibration.round(() -> steps[0]-- > 0)).isFalse();
        assertThat(steps[0]).isEqualTo(-1);
        assertThat(calibration.machine(Host.running(), false, "a day").costs())
                .isEqualTo(machine.costs());
    }
}
