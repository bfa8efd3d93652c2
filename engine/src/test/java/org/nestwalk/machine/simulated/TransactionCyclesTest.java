package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.machine.simulated.TransactionGuest.DATA;
import static org.nestwalk.machine.simulated.TransactionGuest.load;
import static org.nestwalk.machine.simulated.TransactionGuest.store;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.machine.simulated.host.HostFrames;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.SuppressedExit;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.machine.transactions.TransactionalCpu;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.count.MmuCounts;

/// XBEGIN costs 7 cycles, XEND 11 and an abort 130; an access 1, and its translation and data what
/// the MMU says.
class TransactionCyclesTest {
    private static final TransactionSettings SETTINGS =
            new TransactionSettings(16, 0, 0, SuppressedExit.DROPPED, 7, 11, 130, 1);

    private final TransactionGuest guest = new TransactionGuest(2, SETTINGS).prefault();
    private final TransactionalCpu cpu = guest.cpu(0);

    /// What the accesses made so far took, by the MMU's account.
    private static long accesses(TransactionGuest of) {
        MmuCounts counts = of.vm.cpus().getFirst().walkCounts().orElseThrow();
        return counts.accesses() + counts.translationCycles() + counts.dataCycles;
    }

    @Test
    void committedAttemptCostsFromItsBeginningToItsEnd() {
        cpu.access(load(DATA));
        long before = accesses(guest);
        long cycles = cpu.cycles();
        cpu.begin();
        cpu.access(store(DATA));
        cpu.access(load(DATA + 4096));
        assertThat(cpu.end()).isTrue();
        long program = accesses(guest) - before;
        TransactionCounts counts = cpu.counts();
        assertThat(program).isPositive();
        assertThat(counts.committedCycles).isEqualTo(7 + program + 11);
        assertThat(counts.overheadCycles).isEqualTo(7 + 11);
        assertThat(counts.wastedCycles).isZero();
        assertThat(cpu.cycles() - cycles).isEqualTo(7 + program + 11);
        assertThat(counts.attempts).isEqualTo(1);
        assertThat(counts.commits).isEqualTo(1);
    }

    @Test
    void abortedAttemptIsWastedWithItsAbort() {
        long before = accesses(guest);
        cpu.begin();
        cpu.begin();
        cpu.access(store(DATA));
        cpu.abort(1);
        long program = accesses(guest) - before;
        TransactionCounts counts = cpu.counts();
        assertThat(counts.wastedCycles).isEqualTo(7 + program + 130);
        assertThat(counts.overheadCycles).isEqualTo(7 + 130);
        assertThat(counts.committedCycles).isZero();
        assertThat(counts.attempts).isEqualTo(1);
        assertThat(counts.commits).isZero();
        assertThat(counts.aborts(AbortCause.EXPLICIT)).isEqualTo(1);
    }

    @Test
    void innerTransactionsCostNothing() {
        cpu.begin();
        cpu.begin();
        assertThat(cpu.end()).isTrue();
        assertThat(cpu.counts().overheadCycles).isEqualTo(7);
        assertThat(cpu.end()).isTrue();
        assertThat(cpu.counts().overheadCycles).isEqualTo(18);
        assertThat(cpu.counts().attempts).isEqualTo(1);
    }

    /// At a rate of 1 in 100 cycles an attempt of thousands is interrupted nearly always.
    @Test
    void interruptAbortsAndIsTakenAfterwards() {
        TransactionGuest interrupted =
                new TransactionGuest(1, SETTINGS.withInterrupts(0.01, 3)).prefault();
        TransactionalCpu unit = interrupted.cpu(0);
        int lost = 0;
        for (int attempt = 0; attempt < 50; attempt++) {
            unit.begin();
            boolean alive = true;
            for (int i = 0; i < 100 && alive; i++) {
                alive = unit.access(load(DATA + 64L * i));
            }
            if (alive && unit.end()) {
                continue;
            }
            lost++;
            assertThat(unit.isActive()).isFalse();
            assertThat(unit.status()).isZero();
        }
        assertThat(lost).isGreaterThan(10);
        assertThat(unit.counts().aborts(AbortCause.INTERRUPT)).isEqualTo(lost);
        assertThat(interrupted.vm.cpus().getFirst().account().exits(ExitReason.INTERRUPT))
                .isEqualTo(lost);
        assertThat(unit.counts().commits).isEqualTo(50 - lost);
    }

    /// The mean distance of interrupts is the inverse of their rate.
    @Test
    void attemptsOfOneCycleAreSeldomInterrupted() {
        TransactionGuest interrupted =
                new TransactionGuest(1, SETTINGS.withInterrupts(0.001, 3)).prefault();
        TransactionalCpu unit = interrupted.cpu(0);
        int lost = 0;
        for (int attempt = 0; attempt < 2_000; attempt++) {
            unit.begin();
            lost += unit.end() ? 0 : 1;
        }
        // 18 cycles each: 1 - exp(-0.018) of 2,000 are 35.7, with a deviation of 6.
        assertThat(lost).as("seed 3").isBetween(18, 54);
    }

    @Test
    void otherCpusAccessesDisturbOnlyTheirLines() {
        TransactionalCpu other = guest.cpu(1);
        cpu.begin();
        cpu.access(store(DATA));
        other.access(store(DATA + 64));
        assertThat(cpu.isActive()).isTrue();
        cpu.access(load(DATA + 128));
        other.access(load(DATA + 128));
        assertThat(cpu.isActive()).isTrue();
        other.access(store(DATA + 191));
        assertThat(cpu.isActive()).isFalse();
        cpu.loseConflict();
        assertThat(cpu.counts().aborts(AbortCause.CONFLICT)).isEqualTo(1);
        cpu.begin();
        cpu.loseConflict();
        assertThat(cpu.counts().aborts(AbortCause.CONFLICT)).isEqualTo(2);
        assertThat(cpu.status()).isEqualTo(6);
    }

    @Test
    void interruptOfOneCpuLeavesTheOther() {
        TransactionalCpu other = guest.cpu(1);
        cpu.begin();
        other.begin();
        guest.vm.cpus().getFirst().kernel().interrupt(1, self -> {});
        assertThat(cpu.isActive()).isTrue();
        assertThat(other.isActive()).isFalse();
        assertThat(other.counts().aborts(AbortCause.INTERRUPT)).isEqualTo(1);
    }

    @Test
    void everyChangeOfTheSecondLevelInterruptsTransactions() {
        SecondLevelTables tables = guest.machine.own(guest.vm).tables();
        long page = 6L << 20;
        long large = 8L << 20;
        long from = tables.hostAddress(page);
        HostFrames frames = guest.machine.frames();
        long to = frames.take(PageSize.SIZE_4K, 0, FrameOwners.PAGE, 1, page);
        RightsClaim claim = guest.vm.claim((self, exit) -> Verdict.STOP);
        DirtyPages pages = guest.vm.trackDirty(DirtySource.FLAGS);
        List<Runnable> changes =
                List.of(
                        () -> claim.allow(page, 4096, SecondLevelMap.READ),
                        () -> tables.collapse(large, -1),
                        () -> tables.split(large),
                        () -> pages.collect(new PageSet()),
                        () -> tables.move(page, from, to),
                        () -> tables.unmap(page, 4096));
        for (int i = 0; i < changes.size(); i++) {
            cpu.begin();
            guest.vm.exclusively(changes.get(i));
            assertThat(cpu.isActive()).as("change %d", i).isFalse();
        }
        frames.give(from, 0);
        assertThat(cpu.counts().aborts(AbortCause.INTERRUPT)).isEqualTo(changes.size());
        guest.machine.closeAndVerify();
    }
}
