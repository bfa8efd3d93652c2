package org.nestwalk.machine.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nestwalk.iommu.RemappingUnit;
import org.nestwalk.iommu.UnitSettings;
import org.nestwalk.memory.FlatMemory;

/// Devices on a unit that is off: addresses are host-physical ones.
class DevicesTest {
    private static final long END = 1L << 30;

    private final FlatMemory memory = new FlatMemory(0);
    private final RemappingUnit unit = new RemappingUnit(UnitSettings.of(END), memory);
    private final DevicePort port = new DevicePort(unit, 0x0300, memory, 0);

    @Test
    void packetsArriveInTheBuffersOfTheRingInOrder() {
        NetworkCard card = new NetworkCard(port, 10);
        card.receiveFrom(new Ring(0x1000, 4));
        for (int i = 0; i < 4; i++) {
            memory.store(0x1000 + i * 16L, 0x10000 + i * 4096L);
            memory.store(0x1008 + i * 16L, 2048);
        }
        card.offerReceive(4);
        for (int i = 0; i < 4; i++) {
            assertThat(card.arrives(1500, 1000L * i)).isTrue();
        }
        assertThat(card.arrives(1500, 0)).isFalse();
        assertThat(card.dropped()).isOne();
        assertThat(memory.read(0x12000 + 8 * 187)).isEqualTo(2187);
        assertThat(memory.read(0x1008)).isEqualTo(Ring.DONE | 1500);
        card.offerReceive(1);
        assertThat(card.arrives(2000, 0)).isFalse();
        assertThat(card.wireNanos(1500)).isEqualTo(1200);
    }

    @Test
    void packetsOfTheTransmitRingAreSent() {
        NetworkCard card = new NetworkCard(port, 10);
        card.transmitFrom(new Ring(0x1000, 2));
        memory.store(0x1000, 0x5000);
        memory.store(0x1008, 16);
        memory.store(0x5000, 3);
        memory.store(0x5008, 4);
        card.offerTransmit(1);
        assertThat(card.send()).isOne();
        assertThat(card.sum()).isEqualTo(3 * 31 + 4);
        assertThat(memory.read(0x1008)).isEqualTo(Ring.DONE | 16);
        assertThat(card.interrupts()).isOne();
    }

    @Test
    void ringThatPointsOutsideStopsTheCardWithASentence() {
        unit.enable(true);
        NetworkCard card = new NetworkCard(port, 10);
        card.receiveFrom(new Ring(0x1000, 4));
        card.offerReceive(1);
        assertThat(card.arrives(64, 0)).isFalse();
        assertThat(card.failure())
                .isEqualTo("the network card stands: the receive ring at 0x1000 cannot be read");
        card.reset();
        assertThat(card.failure()).isNull();
        unit.enable(false);
        card.transmitFrom(new Ring(0x1000, 4));
        assertThat(card.send()).isZero();
    }

    @Test
    void diskKeepsPagesAndGivesThemBack() {
        BlockDevice disk = new BlockDevice(port, new Ring(0x1000, 8));
        memory.store(0x5000 + 8 * 5, 77);
        memory.store(0x1000, BlockDevice.WRITE | 9);
        memory.store(0x1008, 0x5000);
        memory.store(0x1010, 9);
        memory.store(0x1018, 0x7000);
        disk.submit(2);
        assertThat(disk.work()).isEqualTo(2);
        assertThat(disk.word(9, 5)).isEqualTo(77);
        assertThat(memory.read(0x7000 + 8 * 5)).isEqualTo(77);
        unit.enable(true);
        disk.submit(1);
        assertThat(disk.work()).isZero();
        assertThat(disk.failure()).startsWith("the disk stands: its queue at 0x1020");
    }
}
