package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.ControlRegisters.CR4_PGE;
import static org.nestwalk.bits.PagingEntry.ACCESSED;
import static org.nestwalk.bits.PagingEntry.DIRTY;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.paging.TestMachine.Kind;

/// Accessed, dirty and global flags and protection keys of the guest's entries (Intel SDM volume
/// 3A, sections 4.8 and 4.10.2.4), and what a translation says of them.
class GuestFlagsTest {
    private final TestMachine machine = TestMachine.plain();

    @ParameterizedTest
    @ValueSource(ints = {READ, FETCH})
    void readsAndFetchesSetAccessedFlagsOnly(int type) {
        assertThat(machine.allows(type)).isTrue();
        for (int level = 1; level <= 4; level++) {
            assertThat(machine.guest(level).has(ACCESSED)).isTrue();
            assertThat(machine.guest(level).has(DIRTY)).isFalse();
        }
        assertThat(machine.result().dirty()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void writesSetTheDirtyFlagOfTheLeaf(int leaf) {
        TestMachine walked = new TestMachine(Kind.NATIVE, 4, leaf, 4, 1);
        assertThat(walked.allows(WRITE)).isTrue();
        for (int level = leaf; level <= 4; level++) {
            assertThat(walked.guest(level).has(ACCESSED)).isTrue();
            assertThat(walked.guest(level).has(DIRTY)).isEqualTo(level == leaf);
        }
        assertThat(walked.result().dirty()).isTrue();
    }

    @Test
    void flagsThatAreSetAreNotWrittenAgain() {
        machine.allows(WRITE);
        Steps steps = new Steps();
        machine.visitor = steps;
        machine.allows(WRITE);
        machine.allows(READ);
        assertThat(steps.toString()).doesNotContain("g");
    }

    @Test
    void onlyMissingFlagsAreWritten() {
        machine.guest(4).set(ACCESSED);
        machine.guest(2).set(ACCESSED);
        machine.guest(1).set(DIRTY);
        Steps steps = new Steps();
        machine.visitor = steps;
        machine.allows(READ);
        assertThat(steps.toString()).endsWith("G1 g3 g1 (0");
    }

    @Test
    void readOfADirtyPageSaysThatAWriteNeedsNoUpdate() {
        machine.allows(WRITE);
        machine.allows(READ);
        assertThat(machine.result().dirty()).isTrue();
    }

    @Test
    void visitorSeesTheEntryAfterTheUpdate() {
        long[] seen = new long[2];
        machine.visitor =
                new WalkVisitor() {
                    @Override
                    public void flagUpdate(int dimension, int level, long hpa, long entry) {
                        if (level == 1) {
                            seen[0] = hpa;
                            seen[1] = entry;
                        }
                    }
                };
        machine.allows(WRITE);
        assertThat(seen).containsExactly(machine.guest(1).address, machine.guest(1).get());
    }

    @Test
    void globalFlagCountsOnlyIfTheControlBitIsSet() {
        machine.guest(1).set(PagingEntry.GLOBAL);
        machine.allows(READ);
        assertThat(machine.result().global()).isFalse();
        machine.cr4 |= CR4_PGE;
        machine.allows(READ);
        assertThat(machine.result().global()).isTrue();
        machine.guest(1).clear(PagingEntry.GLOBAL);
        machine.allows(READ);
        assertThat(machine.result().global()).isFalse();
    }

    @Test
    void resultTellsTheGuestsRights() {
        machine.guest(3).clear(PagingEntry.WRITE | PagingEntry.USER);
        machine.guest(2).set(PagingEntry.NO_EXECUTE);
        machine.guest(1).set(5L << 59);
        machine.allows(READ);
        assertThat(machine.result().guestWritable()).isFalse();
        assertThat(machine.result().guestUser()).isFalse();
        assertThat(machine.result().guestNoExecute()).isTrue();
        assertThat(machine.result().protectionKey()).isEqualTo(5);
    }

    @Test
    void resultOfAnOpenPageGrantsEverything() {
        machine.allows(READ);
        assertThat(machine.result().guestWritable()).isTrue();
        assertThat(machine.result().guestUser()).isTrue();
        assertThat(machine.result().guestNoExecute()).isFalse();
        assertThat(machine.result().protectionKey()).isZero();
    }
}
