package org.nestwalk.hypervisor.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nestwalk.hypervisor.merging.PlantedGuests.PAGE;

import org.junit.jupiter.api.Test;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// When [SamePageMerging] works, and what it leaves alone.
class MergingPaceTest {
    private static final MergeSettings LINUX = MergeSettings.LINUX;

    private static PlantedGuests guests(int count) {
        return new PlantedGuests(SecondLevelFormat.NPT, count);
    }

    @Test
    void wakesUpEvery20MillisecondsFor100Pages() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(LINUX);
        for (long page = 0; page < 150 * PAGE; page += PAGE) {
            guests.plant(0, page, 2 + 2 * page);
            guests.plant(1, page, 2 + 2 * page);
        }
        merging.tick(19_999_999);
        assertThat(merging.counts().pagesScanned()).isZero();
        merging.tick(20_000_000);
        assertThat(merging.counts().pagesScanned()).isEqualTo(100);
        long scanning = guests.vms.getFirst().background().cycles(Cost.HOST_SCANNING);
        // An entry and a page read for its checksum.
        assertThat(scanning).isEqualTo(100 * (50 + 1_000));
        merging.tick(60_000_000);
        assertThat(merging.counts().pagesScanned()).isEqualTo(300);
        merging.tick(80_000_000);
        assertThat(merging.counts().fullScans()).isEqualTo(1);
        assertThat(merging.nextNanos()).isEqualTo(100_000_000);
        merging.tick(120_000_000);
        assertThat(merging.counts().pagesSharing()).isEqualTo(50);
        merging.tick(139_999_999);
        assertThat(merging.counts().pagesSharing()).isEqualTo(50);
        merging.tick(140_000_000);
        guests.checkAgainstTwin();
        guests.end();
    }

    /// What is not backed reads as zeroes, but is no page of zeroes.
    @Test
    void pageThatWasTakenAwayDuringAScanIsInNobodysWay() {
        PlantedGuests guests = guests(2);
        SamePageMerging merging = guests.merging(new MergeSettings(1, 1, false, 256));
        guests.plant(0, 0, 0);
        guests.plant(1, 0, 0);
        guests.plant(1, PAGE, 0);
        merging.scanAll();
        merging.tick(merging.nextNanos());
        assertThat(merging.counts().pagesUnshared()).isEqualTo(1);
        guests.unmap(0, 0);
        merging.scanAll();
        guests.checkAgainstTwin();
        guests.end();
    }

    @Test
    void encryptedMemoryIsNotMerged() {
        SimulatedMachine machine =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 32L << 20)
                                .with(MemoryEncryption.FREE));
        VirtualMachine secret =
                machine.create(
                        new VmSettings(
                                "secret",
                                2L << 20,
                                1,
                                TranslationMode.NESTED,
                                Protection.ENCRYPTED));
        assertThatThrownBy(() -> new SamePageMerging(LINUX).add(secret, "all"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("secret: encrypted memory cannot be merged");
        machine.closeAndVerify();
    }
}
