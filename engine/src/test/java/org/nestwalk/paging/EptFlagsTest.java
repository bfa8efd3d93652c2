package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.bits.EptEntry.ACCESSED;
import static org.nestwalk.bits.EptEntry.DIRTY;
import static org.nestwalk.paging.AccessType.FETCH;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.paging.TestMachine.Kind;

/// EPT's accessed and dirty flags (Intel SDM volume 3C, section 28.2.4).
class EptFlagsTest {
    private final TestMachine machine = TestMachine.ept();

    EptFlagsTest() {
        machine.accessedDirty = true;
    }

    @Test
    void noFlagIsSetUnlessThePointerEnablesThem() {
        machine.accessedDirty = false;
        assertThat(machine.allows(WRITE)).isTrue();
        for (int level = 1; level <= 4; level++) {
            assertThat(machine.data(level).get() & (ACCESSED | DIRTY)).isZero();
        }
        assertThat(machine.result().dirty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {READ, FETCH})
    void readsAndFetchesSetAccessedFlagsOnly(int type) {
        assertThat(machine.allows(type)).isTrue();
        for (int level = 1; level <= 4; level++) {
            assertThat(machine.data(level).has(ACCESSED)).isTrue();
            assertThat(machine.data(level).has(DIRTY)).isFalse();
        }
        assertThat(machine.result().dirty()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void writesSetTheDirtyFlagOfTheLeaf(int leaf) {
        TestMachine walked = new TestMachine(Kind.EPT, 4, 1, 4, leaf);
        walked.accessedDirty = true;
        assertThat(walked.allows(WRITE)).isTrue();
        for (int level = leaf; level <= 4; level++) {
            assertThat(walked.data(level).has(ACCESSED)).isTrue();
            assertThat(walked.data(level).has(DIRTY)).isEqualTo(level == leaf);
        }
        assertThat(walked.result().dirty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void guestTablesCountAsWritten(int guestLevel) {
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.table(guestLevel).has(ACCESSED | DIRTY)).isTrue();
    }

    @Test
    void eachMissingAccessedFlagIsSetAlone() {
        machine.allows(WRITE);
        for (int level = 1; level <= 4; level++) {
            machine.data(level).clear(ACCESSED);
            Steps steps = new Steps();
            machine.visitor = steps;
            machine.allows(READ);
            assertThat(steps.toString()).endsWith("(0 S4 S3 S2 S1 s" + level);
            assertThat(machine.data(level).has(ACCESSED)).isTrue();
        }
    }

    @Test
    void flagsThatAreSetAreNotWrittenAgain() {
        machine.allows(WRITE);
        Steps steps = new Steps();
        machine.visitor = steps;
        machine.allows(WRITE);
        assertThat(steps.toString()).doesNotContain("s");
    }

    @Test
    void visitorSeesTheEntryAfterTheUpdate() {
        long[] seen = new long[2];
        machine.visitor =
                new WalkVisitor() {
                    @Override
                    public void flagUpdate(int dimension, int level, long hpa, long entry) {
                        if (dimension == SECOND && level == 1) {
                            seen[0] = hpa;
                            seen[1] = entry;
                        }
                    }
                };
        machine.allows(WRITE);
        assertThat(seen).containsExactly(machine.data(1).address, machine.data(1).get());
    }

    @Test
    void translationIsDirtyOnlyIfBothPagesAre() {
        machine.allows(WRITE);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.result().dirty()).isTrue();
        machine.data(1).clear(DIRTY);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.result().dirty()).isFalse();
        machine.data(1).set(DIRTY);
        machine.guest(1).clear(PagingEntry.DIRTY);
        assertThat(machine.allows(READ)).isTrue();
        assertThat(machine.result().dirty()).isFalse();
    }

    @Test
    void violationSetsNoFlagOnItsPath() {
        machine.data(1).clear(EptEntry.WRITE);
        machine.violation(WRITE);
        assertThat(machine.data(4).has(ACCESSED)).isFalse();
        assertThat(machine.data(1).has(ACCESSED)).isFalse();
    }
}
