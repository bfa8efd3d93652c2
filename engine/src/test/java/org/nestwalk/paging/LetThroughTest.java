package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.paging.AccessType.READ;
import static org.nestwalk.paging.AccessType.WRITE;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.ExitQualification;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;

/// Writes that go through although EPT does not allow them: to parts of pages (Intel SDM volume 3C,
/// section 28.3.4), and of flags in guest tables (paging-write).
class LetThroughTest {
    private static final long FRAMES = 0x30_0000_0000L;

    private final TestMachine machine = TestMachine.ept();
    private final AtomicLong next = new AtomicLong(FRAMES);
    private final SubPageTable parts =
            new SubPageTable(
                    machine.memory,
                    new TableFrames() {
                        @Override
                        public long allocate() {
                            return next.getAndAdd(4096);
                        }

                        @Override
                        public long hostPhysical(long address) {
                            return address;
                        }

                        @Override
                        public void free(long address) {
                            next.decrementAndGet();
                        }
                    });

    private Outcome walk(TestMachine walked, int type, long offset) {
        ExtendedPageTables tables = (ExtendedPageTables) walked.secondLevel();
        tables.letThrough(parts::root);
        Walker walker =
                new Walker(
                        walked.memory,
                        walked.registers(),
                        walked.features,
                        tables,
                        WalkVisitor.NONE,
                        WalkCaches.NONE);
        return walker.walk((walked.gva & -4096) + offset, type);
    }

    @Test
    void partsThatTheTableNamesCanBeWrittenAndNoOthers() {
        machine.data(1).clear(EptEntry.WRITE);
        machine.data(1).set(EptEntry.SUB_PAGES);
        parts.set(machine.gpa & -4096, 1 << 3 | 1 << 31);
        for (int part = 0; part < 32; part++) {
            boolean open = part == 3 || part == 31;
            for (int offset : new int[] {0, 127}) {
                assertThat(walk(machine, WRITE, part * 128L + offset))
                        .as("part %d", part)
                        .isEqualTo(open ? Outcome.OK : Outcome.EPT_VIOLATION);
            }
        }
        assertThat(walk(machine, READ, 0)).isEqualTo(Outcome.OK);
    }

    @Test
    void theTableIsNotAskedWithoutTheBitNorWhereAllMayBeWritten() {
        parts.set(machine.gpa & -4096, -1);
        machine.data(1).clear(EptEntry.WRITE);
        assertThat(walk(machine, WRITE, 0)).isEqualTo(Outcome.EPT_VIOLATION);
        machine.data(1).set(EptEntry.WRITE | EptEntry.SUB_PAGES);
        parts.set(machine.gpa & -4096, 0);
        assertThat(walk(machine, WRITE, 0)).isEqualTo(Outcome.OK);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void writingMayBeWithheldAboveToo(int level) {
        machine.data(level).clear(EptEntry.WRITE);
        machine.data(1).set(EptEntry.SUB_PAGES);
        parts.set(machine.gpa & -4096, 1);
        assertThat(walk(machine, WRITE, 0)).isEqualTo(Outcome.OK);
        assertThat(walk(machine, WRITE, 128)).isEqualTo(Outcome.EPT_VIOLATION);
    }

    @Test
    void aPageWithoutAnEntryInTheTableIsNotWritten() {
        machine.data(1).clear(EptEntry.WRITE);
        machine.data(1).set(EptEntry.SUB_PAGES);
        assertThat(walk(machine, WRITE, 0)).isEqualTo(Outcome.EPT_VIOLATION);
    }

    @Test
    void largePagesHaveNoParts() {
        TestMachine large = new TestMachine(TestMachine.Kind.EPT, 4, 2, 4, 2);
        SubPageTable own = parts;
        own.set(large.gpa & -4096, -1);
        large.data(2).clear(EptEntry.WRITE);
        large.data(2).set(EptEntry.SUB_PAGES);
        assertThat(walk(large, WRITE, 0)).isEqualTo(Outcome.EPT_VIOLATION);
        assertThat(PageSize.SIZE_2M.level()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void flagsOfGuestTablesAreSetWhereTheEntrySaysSo(boolean accessedDirty) {
        machine.accessedDirty = accessedDirty;
        machine.table(1).clear(EptEntry.WRITE);
        machine.guest(1).clear(PagingEntry.ACCESSED | PagingEntry.DIRTY);
        assertThat(walk(machine, WRITE, 0)).isEqualTo(Outcome.EPT_VIOLATION);
        machine.table(1).set(EptEntry.PAGING_WRITE);
        assertThat(walk(machine, WRITE, 0)).isEqualTo(Outcome.OK);
        assertThat(machine.guest(1).has(PagingEntry.ACCESSED | PagingEntry.DIRTY)).isTrue();
    }

    @Test
    void dataIsNotWrittenByThatLeave() {
        machine.data(1).clear(EptEntry.WRITE);
        machine.data(1).set(EptEntry.PAGING_WRITE);
        assertThat(walk(machine, WRITE, 0)).isEqualTo(Outcome.EPT_VIOLATION);
    }

    @Test
    void nothingGoesThroughWithoutTheControls() {
        machine.table(1).clear(EptEntry.WRITE);
        machine.table(1).set(EptEntry.PAGING_WRITE | EptEntry.SUB_PAGES);
        machine.guest(1).clear(PagingEntry.ACCESSED | PagingEntry.DIRTY);
        long code = machine.violation(WRITE);
        assertThat(code & ExitQualification.FINAL).isZero();
    }

    @Test
    void allPagesOfTheTableAreGivenBack() {
        parts.set(0x1234_5000L, 5);
        parts.set(0x7f_1234_5000L, 5);
        long taken = next.get() - FRAMES;
        parts.release();
        assertThat(FRAMES + taken - next.get()).isEqualTo(taken / 4096);
    }
}
