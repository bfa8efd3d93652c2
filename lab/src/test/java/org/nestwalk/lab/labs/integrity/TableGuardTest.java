package org.nestwalk.lab.labs.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.guest.kernel.image.LoadedCode;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.guest.kernel.image.attack.Intruder;
import org.nestwalk.hypervisor.monitor.Alarm;
import org.nestwalk.hypervisor.monitor.CodeMonitor;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// Attacks on the guard of page tables itself: by tables that it refuses, by copies of tables that
/// it guards, and by large pages.
class TableGuardTest {
    private static final long PAGE = 4096;
    private static final long TABLE = PagingEntry.PRESENT | PagingEntry.WRITE;

    private final SimulatedMachine machine = TrialGuests.machine(SecondLevelFormat.EPT_AD);
    private final GuardedGuest guest = new GuardedGuest(machine, TrialGuests.LAYOUT, 1);
    private final List<Alarm> alarms = new ArrayList<>();
    private final CodeMonitor guard = Guard.TABLES.start(guest, alarms::add).orElseThrow();

    @AfterEach
    void nothingIsLost() {
        guard.close();
        machine.checkInvariants();
        machine.closeAndVerify();
    }

    private void store(long gpa, long value) {
        guest.image().cpu().store(gpa, value);
    }

    private long load(long gpa) {
        return guest.vm().memory().read(gpa);
    }

    private void refuses(long gpa, long value) {
        assertThatThrownBy(() -> store(gpa, value)).isInstanceOf(UnhandledExit.class);
    }

    /// The slot of the entry of a level by which `gva` is reached.
    private long slot(int level, long gva) {
        long table = guest.image().root();
        for (int at = 4; at > level; at--) {
            table = load(slotIn(table, at, gva)) & PagingEntry.ADDRESS;
        }
        return slotIn(table, level, gva);
    }

    private static long slotIn(long table, int level, long gva) {
        return table + (gva >>> 3 + 9 * level & 511) * Long.BYTES;
    }

    private void preventsWritesToCode() {
        int before = alarms.size();
        Intruder intruder = new Intruder(guest.image(), new Xoshiro256(3), (gpa, value) -> {});
        assertThatThrownBy(() -> Attack.ALIAS.deed().run(intruder))
                .isInstanceOf(UnhandledExit.class);
        assertThat(alarms).hasSize(before + 1);
        intruder.undo(guest.vm().memory());
        assertThat(guest.vm().secondLevel().rights(guest.image().codeStart()))
                .isEqualTo(SecondLevelMap.READ | SecondLevelMap.EXECUTE);
    }

    private void preventsRemapping() {
        Intruder intruder = new Intruder(guest.image(), new Xoshiro256(4), (gpa, value) -> {});
        assertThatThrownBy(() -> Attack.REMAP.deed().run(intruder))
                .isInstanceOf(UnhandledExit.class);
        intruder.undo(guest.vm().memory());
    }

    @Test
    void aKernelThatIsAsItWasBuiltRaisesNoAlarm() {
        assertThat(alarms).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void aTableThatIsRefusedIsNotGuarded(int level) {
        long spare = guest.image().sparePage(level);
        // An executable page of nobody's.
        store(spare, guest.image().sparePage(9) | TABLE | (level > 2 ? PagingEntry.LARGE : 0));
        refuses(slot(level, KernelImage.TEXT) ^ 8, spare | TABLE);
        assertThat(alarms).hasSize(1);
        for (long value : new long[] {-1, 0, 77}) {
            store(spare + 8, value);
            assertThat(load(spare + 8)).isEqualTo(value);
        }
        assertThat(alarms).hasSize(1);
        assertThat(guest.vm().secondLevel().rights(spare)).isEqualTo(SecondLevelMap.ALL);
    }

    @Test
    void codeStaysGuardedThatATableLedTo() {
        long spare = guest.image().sparePage(2);
        store(spare, guest.image().codeStart() | TABLE);
        refuses(slot(4, KernelImage.TEXT) ^ 8, spare | TABLE);
        store(spare, 0);
        preventsWritesToCode();
    }

    @Test
    void tablesStayGuardedThatWereSaidToBeCode() {
        long table = slot(1, KernelImage.TEXT) & -PAGE;
        assertThat(guest.image().cpu().hypercall(67, table, 4096, 1)).isZero();
        assertThat(alarms).hasSize(1);
        assertThat(guest.vm().secondLevel().rights(table) & SecondLevelMap.WRITE).isZero();
        preventsRemapping();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void tablesStayGuardedBelowACopyOfOne(int level) {
        long slot = slot(level + 1, KernelImage.TEXT);
        long table = load(slot) & PagingEntry.ADDRESS;
        long copy = guest.image().sparePage(level);
        guest.image().cpu().copy(table, copy, PAGE);
        store(slot, copy | TABLE);
        assertThat(alarms).isEmpty();
        preventsRemapping();
        preventsWritesToCode();
        // The old one is nothing any more.
        store(table, -1L >>> 1);
    }

    @Test
    void whatATableLedToStaysGuardedIfAnotherIsRefused() {
        long spare = guest.image().sparePage(2);
        store(spare, guest.image().sparePage(9) | TABLE);
        refuses(slot(2, KernelImage.TEXT), spare | TABLE);
        preventsRemapping();
        preventsWritesToCode();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void noLargePageIsWhereTheKernelIs(int level) {
        long large = PagingEntry.PRESENT | PagingEntry.LARGE | PagingEntry.NO_EXECUTE;
        refuses(slot(level, KernelImage.TEXT), large);
        assertThat(alarms).hasSize(1);
        // Elsewhere data may be large.
        store(slot(level, KernelImage.TEXT) ^ 16, large);
        assertThat(alarms).hasSize(1);
    }

    @Test
    void codeThatCanBeExecutedIsNotGivenBack() {
        LoadedCode.Loaded module = guest.image().loaded().load(1).orElseThrow();
        long bytes = module.file().pages() * PAGE;
        assertThat(guest.image().cpu().hypercall(67, module.gpa(), bytes, -1)).isZero();
        assertThat(alarms).hasSize(1);
        refuses(module.gpa(), 0xe9);
        assertThat(alarms).hasSize(2);
        guest.image().loaded().unload(module);
        assertThat(alarms).hasSize(2);
        store(module.gpa(), 0xe9);
    }
}
