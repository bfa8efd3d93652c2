package org.nestwalk.lab.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.kvm.measure.Clocks;
import org.nestwalk.kvm.measure.Footprints;
import org.nestwalk.kvm.measure.Loads;
import org.nestwalk.mmu.model.ProcessorModel;

class CalibrationRoundsTest {
    private static final Clocks CLOCKS = new Clocks(2, 3);
    private static final long BYTES = 64L << 20;

    /// How many times as long everything takes in the round that is being made.
    private double disturbed = 1;

    private Loads loads(PageSize pages) {
        return new PlantedHost.PlantedLoads(
                CLOCKS,
                pages,
                BYTES,
                pattern -> PlantedMachine.time(pattern, pages) * disturbed,
                pattern -> PlantedMachine.time(pattern, pages) * disturbed / 10);
    }

    private CalibrationRounds rounds(int most) {
        return new CalibrationRounds(
                CLOCKS,
                List.of(loads(PageSize.SIZE_4K), loads(PageSize.SIZE_2M)),
                new PlantedHost.PlantedReplay(CLOCKS, BYTES, _ -> 10 * disturbed),
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
