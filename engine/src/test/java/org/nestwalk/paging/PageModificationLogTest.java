package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.EptEntry.ACCESSED;
import static org.nestwalk.bits.EptEntry.DIRTY;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.WRITE;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.paging.TestMachine.Kind;

/// Intel SDM volume 3C, section 28.2.5.
class PageModificationLogTest {
    private final TestMachine machine = TestMachine.ept();

    /// Entries in the order in which they were written, from index 511 down.
    private static List<Long> entries(TestMachine walked, PageModificationLog log) {
        List<Long> entries = new ArrayList<>();
        for (int i = 511; i != log.index() && i >= 0; i--) {
            entries.add(walked.memory.read(TestMachine.LOG + 8L * i));
        }
        return entries;
    }

    private void makeTablesDirty() {
        machine.accessedDirty = true;
        assertThat(machine.allows(READ)).isTrue();
    }

    @Test
    void guestTablesAreLoggedRootFirstThenTheWrittenPage() {
        PageModificationLog log = machine.startLog(511);
        assertThat(machine.allows(WRITE)).isTrue();
        assertThat(entries(machine, log))
                .containsExactly(
                        machine.guest.table(machine.gva, 4),
                        machine.guest.table(machine.gva, 3),
                        machine.guest.table(machine.gva, 2),
                        machine.guest.table(machine.gva, 1),
                        machine.gpa & ~0xfffL);
        assertThat(log.index()).isEqualTo(506);
    }

    @Test
    void readPageIsNotLogged() {
        makeTablesDirty();
        PageModificationLog log = machine.startLog(511);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(log.index()).isEqualTo(511);
    }

    @Test
    void pageThatIsDirtyAlreadyIsNotLoggedAgain() {
        PageModificationLog log = machine.startLog(511);
        assertThat(machine.allows(WRITE)).isTrue();
        assertThat(machine.allows(WRITE)).isTrue();
        assertThat(log.index()).isEqualTo(506);
    }

    @Test
    void accessedFlagAloneIsNotLogged() {
        makeTablesDirty();
        machine.data(1).set(DIRTY);
        machine.data(1).clear(ACCESSED);
        PageModificationLog log = machine.startLog(511);
        assertThat(machine.allows(WRITE)).isTrue();
        assertThat(machine.data(1).has(ACCESSED)).isTrue();
        assertThat(log.index()).isEqualTo(511);
    }

    @Test
    void largePageLogsTheFourKibPageOfTheAccess() {
        TestMachine large = new TestMachine(Kind.EPT, 4, 2, 4, 2);
        large.accessedDirty = true;
        assertThat(large.allows(READ)).isTrue();
        PageModificationLog log = large.startLog(511);
        assertThat(large.allows(WRITE)).isTrue();
        assertThat(entries(large, log))
                .containsExactly(large.result().guestPhysicalAddress() & ~0xfffL);
        assertThat(large.result().guestPhysicalAddress() & 0x1f_f000).isNotZero();
    }

    @Test
    void lastEntryWrapsTheIndex() {
        makeTablesDirty();
        PageModificationLog log = machine.startLog(0);
        assertThat(machine.allows(WRITE)).isTrue();
        assertThat(log.index()).isEqualTo(0xffff);
        assertThat(machine.memory.read(TestMachine.LOG)).isEqualTo(machine.gpa & ~0xfffL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0xffff, 512, 0x8000})
    void fullLogExitsBeforeAnythingIsSet(int index) {
        makeTablesDirty();
        PageModificationLog log = machine.startLog(index);
        long before = machine.data(1).get();
        assertThat(machine.walk(WRITE)).isEqualTo(Outcome.PML_FULL);
        assertThat(machine.result().guestPhysicalAddress() & ~0xfffL)
                .isEqualTo(machine.gpa & ~0xfffL);
        assertThat(machine.data(1).get()).isEqualTo(before);
        assertThat(log.index()).isEqualTo(index);
        assertThat(machine.result().code()).isZero();
    }

    @Test
    void fullLogExitsForAnAccessedFlagToo() {
        makeTablesDirty();
        machine.data(3).clear(ACCESSED);
        machine.startLog(0xffff);
        assertThat(machine.walk(READ)).isEqualTo(Outcome.PML_FULL);
        assertThat(machine.data(3).has(ACCESSED)).isFalse();
    }

    @Test
    void fullLogExitsOnAGuestTable() {
        machine.startLog(0xffff);
        assertThat(machine.walk(READ)).isEqualTo(Outcome.PML_FULL);
        assertThat(machine.result().guestPhysicalAddress()).isEqualTo(machine.guestEntryAddress(4));
        assertThat(machine.table(4).has(DIRTY)).isFalse();
    }

    @Test
    void fullLogDoesNotDisturbAccessesThatSetNothing() {
        makeTablesDirty();
        assertThat(machine.allows(WRITE)).isTrue();
        machine.startLog(0xffff);
        assertThat(machine.allows(WRITE)).isTrue();
    }

    @Test
    void violationBeatsTheFullLog() {
        makeTablesDirty();
        machine.data(1).clear(2);
        machine.startLog(0xffff);
        assertThat(machine.walk(WRITE)).isEqualTo(Outcome.EPT_VIOLATION);
    }

    @Test
    void logIsNotUsedWithoutAccessedAndDirtyFlags() {
        PageModificationLog log = machine.startLog(511);
        machine.accessedDirty = false;
        assertThat(machine.allows(WRITE)).isTrue();
        assertThat(log.index()).isEqualTo(511);
    }

    @Test
    void indexHas16Bits() {
        PageModificationLog log = new PageModificationLog(machine.memory, 0x1000, 0x1_01ff);
        assertThat(log.index()).isEqualTo(511);
        log.setIndex(-1);
        assertThat(log.index()).isEqualTo(0xffff);
        assertThat(log.isFull()).isTrue();
        log.setIndex(511);
        assertThat(log.isFull()).isFalse();
    }

    @Test
    void logAddressIsThatOfItsPage() {
        PageModificationLog log = new PageModificationLog(machine.memory, 0x7000_0fff, 511);
        log.append(0x1234_5678);
        assertThat(machine.memory.read(0x7000_0ff8)).isEqualTo(0x1234_5000);
    }

    @Test
    void logHolds512PagesAndExitsAtThe513th() {
        makeTablesDirty();
        for (int i = 0; i < 600; i++) {
            machine.map(machine.gva + 0x1000L * i, machine.gpa + 0x1000L * i);
        }
        for (int i = 0; i < 600; i++) {
            assertThat(machine.walk(machine.gva + 0x1000L * i, READ)).isEqualTo(Outcome.OK);
        }
        PageModificationLog log = machine.startLog(511);
        int exits = 0;
        for (int i = 0; i < 600; i++) {
            Outcome outcome = machine.walk(machine.gva + 0x1000L * i, WRITE);
            if (outcome == Outcome.PML_FULL) {
                exits++;
                assertThat(i).isEqualTo(512);
                assertThat(entries(machine, log)).hasSize(512).doesNotHaveDuplicates();
                log.setIndex(511);
                outcome = machine.walk(machine.gva + 0x1000L * i, WRITE);
            }
            assertThat(outcome).isEqualTo(Outcome.OK);
        }
        assertThat(exits).isEqualTo(1);
        assertThat(log.index()).isEqualTo(511 - 88);
    }
}
