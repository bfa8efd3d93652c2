package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nestwalk.machine.simulated.TransactionGuest.DATA;
import static org.nestwalk.machine.simulated.TransactionGuest.WAY_BYTES;
import static org.nestwalk.machine.simulated.TransactionGuest.load;
import static org.nestwalk.machine.simulated.TransactionGuest.store;

import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.SuppressedExit;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.machine.transactions.TransactionalCpu;

/// Instruction by instruction.
class TransactionUnitTest {
    private static final TransactionSettings SETTINGS = TransactionSettings.of(16, 0);

    private final TransactionGuest guest = new TransactionGuest(2, SETTINGS).prefault();
    private final TransactionalCpu cpu = guest.cpu(0);
    private final TransactionalCpu other = guest.cpu(1);

    @Test
    void commitKeepsStores() {
        cpu.begin();
        assertThat(cpu.access(store(DATA))).isTrue();
        assertThat(cpu.end()).isTrue();
        assertThat(guest.word(DATA)).isEqualTo(Checksum.value(0));
        assertThat(cpu.counts().commits).isEqualTo(1);
    }

    @Test
    void abortUndoesStoresCursorAndChecksum() {
        cpu.access(store(DATA));
        long before = guest.word(DATA);
        VirtualCpu virtual = guest.vm.cpus().getFirst();
        var state = virtual.state();
        cpu.begin();
        cpu.access(Access.pack(Access.MODIFY, DATA));
        cpu.access(store(DATA));
        cpu.access(store(DATA + 8));
        assertThat(guest.word(DATA)).isNotEqualTo(before);
        cpu.abort(0xff);
        assertThat(guest.word(DATA)).isEqualTo(before);
        assertThat(guest.word(DATA + 8)).isZero();
        assertThat(virtual.state()).isEqualTo(state);
        assertThat(cpu.isActive()).isFalse();
        assertThat(cpu.status()).isEqualTo(0xff00_0001);
    }

    @Test
    void abortOutsideTransactionsIsNothing() {
        cpu.abort(1);
        assertThat(cpu.status()).isZero();
        assertThat(cpu.counts().aborts()).isZero();
    }

    @Test
    void endOutsideTransactionsIsAnError() {
        assertThatThrownBy(cpu::end).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void innerEndCommitsNothing() {
        cpu.begin();
        cpu.begin();
        cpu.access(store(DATA));
        assertThat(cpu.end()).isTrue();
        assertThat(cpu.isActive()).isTrue();
        cpu.abort(3);
        assertThat(cpu.status()).isEqualTo(0x0300_0001);
        assertThat(guest.word(DATA)).isZero();
    }

    @Test
    void abortInsideANestedTransactionSaysSo() {
        cpu.begin();
        cpu.begin();
        cpu.abort(0);
        assertThat(cpu.status()).isEqualTo(0x21);
        assertThat(cpu.isActive()).isFalse();
    }

    @Test
    void nestingTooDeepAborts() {
        for (int i = 0; i < TransactionalCpu.DEEPEST; i++) {
            cpu.begin();
            assertThat(cpu.isActive()).isTrue();
        }
        cpu.begin();
        assertThat(cpu.isActive()).isFalse();
    }

    @Test
    void ninthWriteToOneSetOfEightWaysAborts() {
        cpu.begin();
        for (int way = 0; way < TransactionGuest.WAYS; way++) {
            assertThat(cpu.access(store(DATA + way * WAY_BYTES))).isTrue();
        }
        assertThat(cpu.access(store(DATA))).as("a line again").isTrue();
        assertThat(cpu.access(store(DATA + 8 * WAY_BYTES))).isFalse();
        assertThat(cpu.status()).isEqualTo(8);
        assertThat(cpu.counts().aborts(AbortCause.CAPACITY)).isEqualTo(1);
    }

    @Test
    void allSetsTogetherHoldTheWholeCache() {
        cpu.begin();
        int lines = TransactionGuest.WAYS * TransactionGuest.SETS;
        for (int line = 0; line < lines; line++) {
            assertThat(cpu.access(store(DATA + line * 64L))).isTrue();
        }
        assertThat(cpu.access(store(DATA + lines * 64L))).isFalse();
    }

    @Test
    void readsReachBeyondTheFirstLevel() {
        cpu.begin();
        for (int way = 0; way < 2 * TransactionGuest.WAYS; way++) {
            assertThat(cpu.access(load(DATA + way * WAY_BYTES))).isTrue();
        }
        assertThat(cpu.end()).isTrue();
    }

    @Test
    void loadOfAWrittenLineAbortsTheWriterFirst() {
        cpu.begin();
        cpu.access(store(DATA));
        other.access(load(DATA + 56));
        assertThat(cpu.isActive()).isFalse();
        assertThat(cpu.status()).isEqualTo(6);
        assertThat(guest.vm.cpus().get(1).state().checksum())
                .as("what was there before")
                .isEqualTo(Checksum.fold(Checksum.START, 0));
    }

    @Test
    void storeToAReadLineAbortsTheReader() {
        cpu.begin();
        cpu.access(load(DATA));
        other.begin();
        other.access(store(DATA + 8));
        assertThat(cpu.isActive()).isFalse();
        assertThat(other.end()).isTrue();
    }

    @Test
    void readersDoNotDisturbEachOther() {
        cpu.begin();
        cpu.access(load(DATA));
        other.begin();
        other.access(load(DATA));
        other.access(store(DATA + 64));
        assertThat(cpu.end()).isTrue();
        assertThat(other.end()).isTrue();
    }

    @Test
    void changeOfTheSecondLevelInterruptsTransactions() {
        cpu.begin();
        cpu.access(store(DATA));
        guest.vm.exclusively(() ->
                guest.vm
                        .claim((self, exit) -> Verdict.STOP)
                        .allow(DATA - TransactionGuest.GVA, 4096, SecondLevelMap.READ));
        assertThat(cpu.isActive()).isFalse();
        assertThat(cpu.counts().aborts(AbortCause.INTERRUPT)).isEqualTo(1);
        assertThat(guest.word(DATA)).isZero();
    }

    @Test
    void violationAbortsFirstAndIsDropped() {
        TransactionGuest cold = new TransactionGuest(1, SETTINGS);
        TransactionalCpu unit = cold.cpu(0);
        for (int attempt = 0; attempt < 100; attempt++) {
            unit.begin();
            assertThat(unit.access(store(DATA))).isFalse();
            assertThat(unit.status()).isZero();
        }
        assertThat(unit.counts().aborts(AbortCause.VIOLATION)).isEqualTo(100);
        assertThat(cold.vm.secondLevel().pageSize(DATA - TransactionGuest.GVA)).isNull();
    }

    @Test
    void violationDeliveredAfterTheAbortBacksThePage() {
        TransactionGuest cold = new TransactionGuest(1, SETTINGS.with(SuppressedExit.DELIVERED));
        TransactionalCpu unit = cold.cpu(0);
        long exits = cold.vm.cpus().getFirst().account().exits(ExitReason.VIOLATION);
        unit.begin();
        assertThat(unit.access(store(DATA))).isFalse();
        assertThat(cold.vm.cpus().getFirst().account().exits(ExitReason.VIOLATION))
                .isEqualTo(exits + 1);
        unit.begin();
        assertThat(unit.access(store(DATA))).isTrue();
        assertThat(unit.end()).isTrue();
    }

    @Test
    void fullLogAbortsBeforeTheWrite() {
        TransactionGuest logged =
                new TransactionGuest(1, SETTINGS.with(SuppressedExit.DROPPED)).prefault();
        DirtyPages _ = logged.vm.trackDirty(DirtySource.LOG);
        TransactionalCpu unit = logged.cpu(0);
        int committed = 0;
        for (int page = 0; page < 600 && unit.counts().aborts() == 0; page++) {
            unit.begin();
            committed += unit.access(store(DATA + page * 4096L)) && unit.end() ? 1 : 0;
        }
        assertThat(unit.counts().aborts(AbortCause.LOG_FULL)).isEqualTo(1);
        assertThat(unit.status()).isZero();
        // The guest's tables are written by the walk, and logged, too.
        assertThat(committed).isBetween(505, 512);
        assertThat(logged.word(DATA + committed * 4096L)).isZero();
    }
}
