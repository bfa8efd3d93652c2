package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;

/// What the kernel's work costs and is counted as, to the cycle and to the page.
class KernelAccountsTest {
    private static final long BASE = 0x7f00_0000_0000L;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private static Guest guest(Machines machine, int cpus, PagePolicy pages) {
        return new Guest(machine, 64 * Guest.MIB, cpus, Guest.settings(pages));
    }

    private static GuestProcess process(Guest guest, long bytes) {
        return guest.kernel.start(0, "p", List.of(Vma.around(BASE, bytes)));
    }

    private static Account account(Guest guest, int cpu) {
        return guest.machine.cpus().get(cpu).account();
    }

    private static Task stores(Guest guest, GuestProcess process, int cpu, int pages) {
        long[] accesses = new long[2 * pages];
        for (int i = 0; i < accesses.length; i++) {
            accesses[i] = Guest.store(BASE + i % pages * PAGE);
        }
        return guest.kernel.run(process, Guest.source(accesses), cpu);
    }

    @Test
    void smallPageCostsAFaultAndTheZeroingOfItAndItsTables() {
        try (Guest guest = guest(Machines.FLAT, 1, PagePolicy.SMALL)) {
            GuestProcess process = process(guest, 1);
            Account account = account(guest, 0);
            assertThat(account.cycles(Cost.GUEST_ZEROING)).as("the root").isEqualTo(1_000);
            stores(guest, process, 0, 2);
            guest.slice(0, 1);
            assertThat(account.cycles(Cost.GUEST_FAULT)).isEqualTo(1_000);
            assertThat(account.cycles(Cost.GUEST_ZEROING)).isEqualTo(5_000);
            assertThat(account.cycles(Cost.CONTEXT_SWITCH)).isEqualTo(1_500);
            guest.slice(0, 1);
            assertThat(account.cycles(Cost.GUEST_FAULT)).isEqualTo(2_000);
            assertThat(account.cycles(Cost.GUEST_ZEROING)).isEqualTo(6_000);
            assertThat(account.cycles(Cost.CONTEXT_SWITCH)).isEqualTo(1_500);
            assertThat(account.cycles(Cost.GUEST_COPYING)).isZero();
            assertCounts(process.counts(), 2, 2, 0, 0, 0, 0, 0, 0, 0);
        }
    }

    @Test
    void largePageCostsTheZeroingOf512() {
        try (Guest guest = guest(Machines.FLAT, 1, PagePolicy.TRANSPARENT_HUGE)) {
            GuestProcess process = process(guest, 1);
            stores(guest, process, 0, 2);
            guest.slice(0, 2);
            assertThat(account(guest, 0).cycles(Cost.GUEST_FAULT)).isEqualTo(1_000);
            assertThat(account(guest, 0).cycles(Cost.GUEST_ZEROING)).isEqualTo(515_000);
            assertCounts(process.counts(), 1, 0, 1, 0, 0, 0, 0, 0, 0);
        }
    }

    @Test
    void firstTouchWithoutAFreeBlockIsCounted() {
        try (Guest guest = guest(Machines.FLAT, 1, PagePolicy.TRANSPARENT_HUGE)) {
            GuestProcess process = process(guest, 1);
            long[] taken = new long[64];
            int blocks = 0;
            for (long at = guest.kernel.allocator().allocate(9);
                    at >= 0;
                    at = guest.kernel.allocator().allocate(9)) {
                taken[blocks++] = at;
            }
            stores(guest, process, 0, 3);
            guest.slice(0, 3);
            assertThat(process.counts().largeFallbacks())
                    .as("only while nothing of the range is mapped")
                    .isEqualTo(1);
            assertCounts(process.counts(), 3, 3, 0, 1, 0, 0, 0, 0, 0);
            for (int i = 0; i < blocks; i++) {
                guest.kernel.allocator().free(taken[i], 9);
            }
        }
    }

    @Test
    void sharedPageIsCopiedOnceAndThenTakenOver() {
        try (Guest guest = guest(Machines.FLAT, 1, PagePolicy.SMALL)) {
            GuestProcess parent = process(guest, 1);
            Task task = stores(guest, parent, 0, 2);
            guest.slice(0, 2);
            GuestProcess child = guest.kernel.fork(0, parent);
            assertThat(account(guest, 0).cycles(Cost.GUEST_ZEROING)).isEqualTo(10_000);
            guest.slice(0, 1);
            assertThat(account(guest, 0).cycles(Cost.GUEST_COPYING)).isEqualTo(1_500);
            assertCounts(parent.counts(), 3, 2, 0, 0, 1, 0, 0, 0, 2);
            guest.kernel.exit(0, child);
            guest.slice(0, 1);
            assertThat(account(guest, 0).cycles(Cost.GUEST_COPYING)).isEqualTo(1_500);
            assertCounts(parent.counts(), 4, 2, 0, 0, 1, 1, 0, 0, 2);
            assertThat(task.made()).isEqualTo(4);
        }
    }

    @Test
    void sharedLargePageIsSplitAndOnePieceCopied() {
        try (Guest guest = guest(Machines.FLAT, 1, PagePolicy.TRANSPARENT_HUGE)) {
            GuestProcess parent = process(guest, 1);
            stores(guest, parent, 0, 1);
            guest.slice(0, 1);
            guest.kernel.fork(0, parent);
            guest.slice(0, 1);
            assertCounts(parent.counts(), 2, 0, 1, 0, 1, 0, 0, 1, 2);
        }
    }

    /// The sum over processes, ended ones too.
    @Test
    void countsOfAllProcessesAreTheirSum() {
        try (Guest guest = guest(Machines.FLAT, 1, PagePolicy.SMALL)) {
            GuestProcess first = process(guest, 1);
            stores(guest, first, 0, 3);
            guest.slice(0, 3);
            GuestProcess second = guest.kernel.fork(0, first);
            stores(guest, second, 0, 2);
            guest.slice(0, 100);
            guest.slice(0, 100);
            assertThat(guest.kernel.counts().copies()).isPositive();
            long faults = first.counts().pageFaults() + second.counts().pageFaults();
            long flushes = first.counts().flushes() + second.counts().flushes();
            assertThat(guest.kernel.counts().pageFaults()).isEqualTo(faults).isPositive();
            assertThat(guest.kernel.counts().flushes()).isEqualTo(flushes).isPositive();
            assertThat(guest.kernel.processes()).isEmpty();
            assertThat(guest.kernel.counts().firstTouches()).isEqualTo(3);
        }
    }

    private static void assertCounts(PagingCounts counts, long... expected) {
        PagingCounts sum = new PagingCounts();
        sum.add(counts);
        assertThat(
                        new long[] {
                            sum.pageFaults(),
                            sum.firstTouches(),
                            sum.largeTouches(),
                            sum.largeFallbacks(),
                            sum.copies(),
                            sum.reuses(),
                            sum.collapses(),
                            sum.splits(),
                            sum.flushes()
                        })
                .as("faults, touches, large, fallbacks, copies, reuses, collapses, splits, flushes")
                .containsExactly(expected);
    }

    /// Under shadow paging each invalidation exits.
    @Test
    void upTo33PagesAreInvalidatedOneByOne() {
        try (Guest guest = guest(Machines.SHADOW, 1, PagePolicy.SMALL)) {
            GuestProcess process = process(guest, 1);
            stores(guest, process, 0, 100);
            guest.slice(0, 100);
            Account account = account(guest, 0);
            long pages = account.exits(ExitReason.INVALIDATION);
            long all = account.exits(ExitReason.CR3_LOAD);
            guest.kernel.unmap(0, process, BASE, BASE + 33 * PAGE);
            assertThat(account.exits(ExitReason.INVALIDATION)).isEqualTo(pages + 33);
            assertThat(account.exits(ExitReason.CR3_LOAD)).isEqualTo(all);
            guest.kernel.unmap(0, process, BASE + 33 * PAGE, BASE + 67 * PAGE);
            assertThat(account.exits(ExitReason.INVALIDATION)).isEqualTo(pages + 33);
            assertThat(account.exits(ExitReason.CR3_LOAD)).isEqualTo(all + 1);
        }
    }

    @Test
    void onlyCpusThatHaveTheProcessLoadedAreInterrupted() {
        try (Guest guest = guest(Machines.NESTED, 3, PagePolicy.SMALL)) {
            GuestProcess process = process(guest, 1);
            stores(guest, process, 0, 4);
            stores(guest, process, 1, 4);
            guest.slice(0, 4);
            guest.slice(1, 4);
            guest.kernel.unmap(0, process, BASE + PAGE, BASE + 2 * PAGE);
            assertThat(account(guest, 0).cycles(Cost.GUEST_SHOOTDOWN)).isEqualTo(2_000);
            assertThat(account(guest, 1).cycles(Cost.GUEST_SHOOTDOWN)).isEqualTo(1_500);
            assertThat(account(guest, 2).cycles(Cost.GUEST_SHOOTDOWN)).isZero();
            GuestProcess other = guest.kernel.start(1, "other", List.of(Vma.around(BASE, 1)));
            stores(guest, other, 1, 1);
            guest.slice(1, 1);
            guest.slice(1, 1);
            guest.kernel.unmap(0, process, BASE + 2 * PAGE, BASE + 3 * PAGE);
            assertThat(account(guest, 1).cycles(Cost.GUEST_SHOOTDOWN))
                    .as("it runs another process now")
                    .isEqualTo(1_500);
        }
    }

    @Test
    void scanningCostsEachPageOfARange() {
        ScanSettings scanning = new ScanSettings(true, 4096, 10, 10, 0, 0);
        try (Guest guest =
                new Guest(
                        Machines.FLAT,
                        64 * Guest.MIB,
                        1,
                        Guest.settings(PagePolicy.SMALL).with(scanning))) {
            GuestProcess process = process(guest, 3 * LARGE);
            stores(guest, process, 0, 2);
            guest.slice(0, 2);
            guest.kernel.tick(0, 10);
            assertThat(account(guest, 0).cycles(Cost.GUEST_SCANNING))
                    .as("one range has pages, and is scanned once")
                    .isEqualTo(512 * 50);
        }
    }
}
