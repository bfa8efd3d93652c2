package org.nestwalk.lab.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Estimate;
import org.nestwalk.kvm.measure.LoadPattern;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.model.OverlapModel;

class MachineTextTest {
    private static final Fit FIT = Fit.of(PlantedMachine.curves(1L << 30, 0, 0), false);

    private static final Overlap OVERLAP =
            new Overlap(
                    Estimate.of(12.2),
                    Estimate.of(6.8),
                    Estimate.of(4.1),
                    Estimate.of(5.6),
                    List.of());

    private static MachineFile machine(String host) {
        return Machines.parse("calibrated.yaml", MachineText.of(FIT, OVERLAP, 4, host, "NPT"));
    }

    @Test
    void overlapIsWhatWasMeasured() {
        assertThat(machine("a host").model().overlap()).isEqualTo(new OverlapModel(7, 12));
        assertThat(machine("a host").model().translation().walkers()).isEqualTo(4);
        assertThat(machine("a host").model().costs().accessCycles()).isEqualTo(6);
    }

    @Test
    void overlapBelowOneIsOne() {
        Overlap none =
                new Overlap(
                        Estimate.of(0.7),
                        Estimate.of(0.2),
                        Estimate.of(-1),
                        Estimate.of(5),
                        List.of());
        MachineFile file =
                Machines.parse("calibrated.yaml", MachineText.of(FIT, none, 4, "a host", "NPT"));
        assertThat(file.model().overlap()).isEqualTo(new OverlapModel(1, 1));
        assertThat(file.model().translation().walkers()).isOne();
        assertThat(file.parameters())
                .filteredOn(parameter -> parameter.path().equals("walkers"))
                .singleElement()
                .satisfies(walkers -> assertThat(walkers.source()).startsWith("assumption"));
    }

    @Test
    void everyValueHasASource() {
        assertThat(machine("a host").parameters())
                .isNotEmpty()
                .allSatisfy(parameter ->
                        assertThat(parameter.source())
                                .as(parameter.path())
                                .matches(
                                        "(measured by nestwalk calibrate on a host|assumption:"
                                                + "|choice of the model:).*"));
    }

    @Test
    void sizeBeyondTheFootprintsIsCalledAnAssumption() {
        assertThat(machine("a host").parameters())
                .filteredOn(parameter -> parameter.path().equals("secondLevelTlbs[1].entries"))
                .first()
                .extracting(MachineFile.Parameter::source)
                .asString()
                .startsWith("assumption: the footprints");
    }

    @Test
    void nameOfTheHostCannotBreakTheFile() {
        assertThat(machine("a \"host\" \\ {: #\n").model().name()).isEqualTo("calibrated");
    }

    @Test
    void latenciesAreCyclesOfTheMeasuredClock() {
        assertThat(machine("a host").model().costs().frequencyGHz()).isEqualTo(4);
        assertThat((double) machine("a host").model().memory().memoryCycles())
                .isCloseTo(4 * PlantedMachine.LATENCIES[Structures.CACHES], withPercentage(10));
    }

    @ParameterizedTest
    @CsvSource({
        "4K, 64, 262144",
        "4K, 64, 8388608",
        "4K, 4096, 262144",
        "4K, 4096, 67108864",
        "2M, 4096, 268435456"
    })
    void simulatedMachineTakesAsLongAsThePlantedOne(String size, long stride, long bytes) {
        PageSize pages = PageSize.parse(size);
        LoadPattern pattern = new LoadPattern(bytes, stride);
        LoadSimulation simulation =
                new LoadSimulation(machine("a host").model(), "native:" + size, 1);
        assertThat(simulation.nanoseconds(pattern))
                .isCloseTo(PlantedMachine.time(pattern, pages), withPercentage(10));
    }

    @Test
    void shadowPagingTakesAsLongAsNativeExecution() {
        LoadPattern pattern = new LoadPattern(32 << 20, 4096);
        double bare =
                new LoadSimulation(machine("a host").model(), "native:4K", 1).nanoseconds(pattern);
        double shadowed =
                new LoadSimulation(machine("a host").model(), "shadow:4K", 1).nanoseconds(pattern);
        assertThat(shadowed).isCloseTo(bare, withPercentage(3));
    }
}
