package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.guest.program.Program;

class KhugepagedTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long BASE = 0x7f00_0000_0000L;

    private static Guest guest(Machines machine, long bytes, int cpus, ScanSettings scanning) {
        return new Guest(machine, bytes, cpus, Guest.settings(PagePolicy.SMALL).with(scanning));
    }

    @ParameterizedTest
    @EnumSource
    void programsWhosePagesAreCollapsedEndAsOnPlainMemory(Machines machine) {
        try (Guest guest = guest(machine, 64 * Guest.MIB, 2, ScanSettings.LINUX)) {
            Program program = Guest.program("gups:footprint=8MiB,accesses=30k");
            List<Task> threads = guest.startThreads(program);
            Task other = guest.start(program, 0);
            long now = 0;
            for (int i = 0; i < 40; i++) {
                guest.slice(0, 500);
                guest.slice(1, 500);
                now += 10 * SECOND;
                guest.kernel.tick(1, now);
            }
            assertThat(guest.kernel.counts().collapses()).isGreaterThan(8);
            assertThat(other.process().pages(PageSize.SIZE_2M)).isPositive();
            guest.runAll(500);
            threads.forEach(thread -> Guest.assertPlain(thread, program));
            Guest.assertPlain(other, program);
        }
    }

    @ParameterizedTest
    @EnumSource
    void forkedProcessesWhosePagesAreCollapsedEndAsOnPlainMemory(Machines machine) {
        ScanSettings scanning = new ScanSettings(true, 512, SECOND, SECOND, 511, 511);
        try (Guest guest = guest(machine, 64 * Guest.MIB, 1, scanning)) {
            Program program = Guest.program("gups:footprint=4MiB,accesses=20k");
            Task parent = guest.start(program, 0);
            guest.slice(0, 4000);
            Task child = guest.kernel.fork(0, parent, program.open(), 0);
            for (int i = 1; i < 12; i++) {
                guest.slice(0, 300);
                guest.kernel.tick(0, i * SECOND);
            }
            assertThat(parent.process().counts().collapses()).isPositive();
            assertThat(child.process().counts().collapses()).isPositive();
            guest.runAll(500);
            Guest.assertPlain(parent, program);
            Guest.assertPlain(child, program);
        }
    }

    private static Task touchOnePage(Guest guest, Vma area) {
        GuestProcess process = guest.kernel.start(0, "one", List.of(area));
        Task task =
                guest.kernel.run(
                        process,
                        Guest.source(Guest.store(BASE), Guest.load(BASE), Guest.load(BASE)),
                        0);
        guest.slice(0, 1);
        return task;
    }

    @ParameterizedTest
    @EnumSource
    void sleepsBetweenScans(Machines machine) {
        try (Guest guest = guest(machine, 64 * Guest.MIB, 1, ScanSettings.LINUX)) {
            guest.kernel.tick(0, 0);
            Task task = touchOnePage(guest, Vma.around(BASE, 1));
            guest.kernel.tick(0, 10 * SECOND - 1);
            assertThat(task.process().pages(PageSize.SIZE_2M)).isZero();
            guest.kernel.tick(0, 10 * SECOND);
            assertThat(task.process().pages(PageSize.SIZE_2M)).isEqualTo(1);
            assertThat(task.process().pages(PageSize.SIZE_4K)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void sleepsLongerAfterFailedAllocation(Machines machine) {
        try (Guest guest = guest(machine, 64 * Guest.MIB, 1, ScanSettings.LINUX)) {
            Task task = touchOnePage(guest, Vma.around(BASE, 1));
            var allocator = guest.kernel.allocator();
            long[] blocks = new long[64];
            int taken = 0;
            for (long b = allocator.allocate(9); b >= 0; b = allocator.allocate(9)) {
                blocks[taken++] = b;
            }
            guest.kernel.tick(0, 0);
            for (int i = 0; i < taken; i++) {
                allocator.free(blocks[i], 9);
            }
            guest.kernel.tick(0, 60 * SECOND - 1);
            assertThat(task.process().counts().collapses()).isZero();
            guest.kernel.tick(0, 60 * SECOND);
            assertThat(task.process().counts().collapses()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rangeWithTooManyMissingPagesIsLeftAlone(Machines machine) {
        ScanSettings scanning = new ScanSettings(true, 512, SECOND, SECOND, 510, 256);
        try (Guest guest = guest(machine, 64 * Guest.MIB, 1, scanning)) {
            Task task = touchOnePage(guest, Vma.around(BASE, 1));
            guest.kernel.tick(0, SECOND);
            assertThat(task.process().counts().collapses()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void rangeThatReachesBeyondItsAreaIsLeftAlone(Machines machine) {
        try (Guest guest = guest(machine, 64 * Guest.MIB, 1, ScanSettings.LINUX)) {
            Task task = touchOnePage(guest, new Vma(BASE, BASE + Guest.MIB, Vma.ALL));
            guest.kernel.tick(0, SECOND);
            assertThat(task.process().counts().collapses()).isZero();
        }
    }

    /// Three pages of a range, which a fork shares.
    @ParameterizedTest
    @EnumSource
    void rangeWithTooManySharedPagesIsLeftAlone(Machines machine) {
        for (int most = 2; most <= 3; most++) {
            ScanSettings scanning = new ScanSettings(true, 512, SECOND, SECOND, 511, most);
            try (Guest guest = guest(machine, 64 * Guest.MIB, 1, scanning)) {
                Task task = touch(guest, BASE, BASE + 0x1000, BASE + 0x5000);
                GuestProcess child = guest.kernel.fork(0, task.process());
                guest.kernel.tick(0, SECOND);
                assertThat(task.process().counts().collapses())
                        .as("up to %d pages may be shared", most)
                        .isEqualTo(most == 2 ? 0 : 1);
                assertThat(child.pages(PageSize.SIZE_4K)).isEqualTo(3);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void rangeOfWhichNothingHasBeenUsedIsLeftAlone(Machines machine) {
        ScanSettings scanning = new ScanSettings(true, 512, SECOND, SECOND, 511, 256);
        try (Guest guest = guest(machine, 64 * Guest.MIB, 1, scanning)) {
            Task task = touch(guest, BASE, BASE + 0x1000);
            AddressSpace space = task.process().space();
            space.setBits(BASE, PagingEntry.ACCESSED, 0);
            space.setBits(BASE + 0x1000, PagingEntry.ACCESSED, 0);
            guest.kernel.tick(0, SECOND);
            assertThat(task.process().counts().collapses()).isZero();
            space.setBits(BASE + 0x1000, 0, PagingEntry.ACCESSED);
            guest.kernel.tick(0, 2 * SECOND);
            assertThat(task.process().counts().collapses()).isEqualTo(1);
        }
    }

    /// Stores to pages of the 2 MiB from [#BASE] on, by a task that has more to do.
    private static Task touch(Guest guest, long... pages) {
        GuestProcess process = guest.kernel.start(0, "few", List.of(Vma.around(BASE, 1)));
        long[] accesses = new long[pages.length + 1];
        for (int i = 0; i < pages.length; i++) {
            accesses[i] = Guest.store(pages[i]);
        }
        accesses[pages.length] = Guest.load(BASE);
        Task task = guest.kernel.run(process, Guest.source(accesses), 0);
        guest.slice(0, pages.length);
        return task;
    }
}
