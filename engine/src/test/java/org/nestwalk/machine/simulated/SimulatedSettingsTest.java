package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class SimulatedSettingsTest {
    private static final long MIB = 1 << 20;

    private static SimulatedSettings of(long bytes) {
        return SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), bytes);
    }

    private static SimulatedSettings levels(int guest, int host) {
        SimulatedSettings plain = of(4 * MIB);
        return new SimulatedSettings(
                plain.model(),
                plain.hostBytes(),
                plain.topology(),
                plain.fragmentation(),
                guest,
                host,
                plain.costs(),
                true,
                1,
                null);
    }

    @Test
    void memoryIsFourMebibytesForEachNodeAndUpToSixteenTebibytes() {
        assertThat(of(4 * MIB).nodeBytes()).isEqualTo(4 * MIB);
        assertThat(of(16L << 40).hostBytes()).isEqualTo(16L << 40);
        Topology three = Topology.of(3, 2);
        assertThat(of(24 * MIB).withTopology(three).nodeBytes()).isEqualTo(8 * MIB);
        assertThat(of(24 * MIB).withTopology(three).nodes()).isEqualTo(3);
        for (long bytes : new long[] {0, -4 * MIB, 6 * MIB, (16L << 40) + 4 * MIB}) {
            assertThatThrownBy(() -> of(bytes))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("host memory of %d bytes", bytes);
        }
        assertThatThrownBy(() -> of(16 * MIB).withTopology(three))
                .isInstanceOf(InputException.class);
    }

    @Test
    void tablesHaveFourLevelsOrFive() {
        assertThat(levels(5, 4).guestLevels()).isEqualTo(5);
        assertThat(levels(4, 5).hostLevels()).isEqualTo(5);
        assertThatThrownBy(() -> levels(3, 4))
                .hasMessage("3 levels of guest tables; they have 4 or 5");
        assertThatThrownBy(() -> levels(4, 6))
                .hasMessage("6 levels of host tables; they have 4 or 5");
    }

    @Test
    void eachVariantChangesOneSetting() {
        SimulatedSettings plain = of(24 * MIB);
        Fragmentation fragmentation = Fragmentation.parse("0.5:random");
        SimulatedSettings all =
                plain.withFragmentation(fragmentation, 5)
                        .withContents(false)
                        .with(MemoryEncryption.FREE)
                        .withTopology(Topology.of(3, 2))
                        .withSeed(9);
        assertThat(all)
                .isEqualTo(
                        new SimulatedSettings(
                                plain.model(),
                                24 * MIB,
                                Topology.of(3, 2),
                                fragmentation,
                                4,
                                4,
                                plain.costs(),
                                false,
                                9,
                                MemoryEncryption.FREE));
        assertThat(plain.contents()).isTrue();
    }
}
