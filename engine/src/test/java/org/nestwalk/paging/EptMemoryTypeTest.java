package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.ControlRegisters.CR0_CD;
import static org.nestwalk.bits.ControlRegisters.CR0_PG;
import static org.nestwalk.paging.AccessType.READ;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.paging.TestMachine.Kind;

/// Intel SDM volume 3C, section 28.2.6.
class EptMemoryTypeTest {
    private final TestMachine machine = TestMachine.ept();

    private int typeOf(TestMachine walked) {
        assertThat(walked.allows(READ)).isTrue();
        return walked.result().memoryType();
    }

    private void ept(int type) {
        machine.data(1).put(7 << 3, EptEntry.ofMemoryType(type));
    }

    @Test
    void guestsPatCombinesWithTheEptType() {
        machine.pat = MemoryType.WT;
        assertThat(typeOf(machine)).isEqualTo(MemoryType.WT);
        ept(MemoryType.WP);
        machine.pat = MemoryType.UC_MINUS;
        assertThat(typeOf(machine)).isEqualTo(MemoryType.WC);
    }

    @ParameterizedTest
    @ValueSource(ints = {MemoryType.UC, MemoryType.WC, MemoryType.WT, MemoryType.WP})
    void ignoredPatLeavesTheEptType(int type) {
        machine.pat = MemoryType.UC;
        ept(type);
        machine.data(1).set(EptEntry.IGNORE_PAT);
        assertThat(typeOf(machine)).isEqualTo(type);
    }

    @Test
    void disabledCachesMakeEverythingUncacheable() {
        machine.cr0 |= CR0_CD;
        machine.data(1).set(EptEntry.IGNORE_PAT);
        assertThat(typeOf(machine)).isEqualTo(MemoryType.UC);
    }

    @ParameterizedTest
    @CsvSource({"1, 3, 1", "1, 4, 2", "1, 7, 4", "2, 3, 1", "2, 12, 4", "3, 4, 2", "3, 12, 4"})
    void guestsLeafSelectsThePatEntry(int leaf, int bit, int index) {
        TestMachine walked = new TestMachine(Kind.EPT, 4, leaf, 4, 1);
        walked.guest(leaf).set(1L << bit);
        walked.pat = 0x0606_0606_0606_0606L ^ (long) (6 ^ MemoryType.WT) << 8 * index;
        assertThat(typeOf(walked)).isEqualTo(MemoryType.WT);
    }

    @Test
    void withGuestPagingOffTheEptTypeStands() {
        machine.cr0 &= ~CR0_PG;
        machine.pat = 0;
        ept(MemoryType.WT);
        assertThat(machine.walk(machine.gpa, READ)).isEqualTo(Outcome.OK);
        assertThat(machine.result().memoryType()).isEqualTo(MemoryType.WT);
    }

    @Test
    void nativeAccessHasThePatsType() {
        TestMachine walked = TestMachine.plain();
        walked.guest(1).set(PagingEntry.CACHE_DISABLE);
        assertThat(typeOf(walked)).isEqualTo(MemoryType.UC_MINUS);
        walked.cr0 |= CR0_CD;
        assertThat(typeOf(walked)).isEqualTo(MemoryType.UC_MINUS);
    }
}
