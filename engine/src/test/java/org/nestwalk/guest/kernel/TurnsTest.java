package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.VmExit;

/// Tasks, and the ranges of processes that khugepaged scans, take turns.
class TurnsTest {
    private static final long BASE = 0x7f00_0000_0000L;
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private static Guest guest(int cpus, ScanSettings scanning) {
        return new Guest(
                Machines.FLAT,
                128 * Guest.MIB,
                cpus,
                Guest.settings(PagePolicy.SMALL).with(scanning));
    }

    private static Task task(Guest guest, int cpu, long... accesses) {
        GuestProcess process = guest.kernel.start(0, "p", List.of(Vma.around(BASE, 8 * LARGE)));
        return guest.kernel.run(process, Guest.source(accesses), cpu);
    }

    private static long[] loads(int count) {
        long[] accesses = new long[count];
        Arrays.fill(accesses, Guest.load(BASE));
        return accesses;
    }

    @Test
    void tasksTakeTurnsAndWhatOneLeavesIsTheNexts() {
        try (Guest guest = guest(2, ScanSettings.OFF)) {
            Task first = task(guest, 0, loads(3));
            Task second = task(guest, 0, loads(5));
            Task elsewhere = task(guest, 1, loads(2));
            assertThat(guest.kernel.slice(0, 2)).isEqualTo(Slice.MORE);
            assertMade(first, 2, second, 0);
            assertThat(guest.kernel.slice(0, 2)).isEqualTo(Slice.MORE);
            assertMade(first, 2, second, 2);
            assertThat(guest.kernel.slice(0, 2)).isEqualTo(Slice.MORE);
            assertMade(first, 3, second, 3);
            assertThat(first.state()).isEqualTo(Task.State.FINISHED);
            assertThat(guest.kernel.slice(0, 2)).isEqualTo(Slice.MORE);
            assertMade(first, 3, second, 5);
            assertThat(second.state()).isEqualTo(Task.State.READY);
            assertThat(guest.kernel.slice(0, 2)).isEqualTo(Slice.IDLE);
            assertThat(second.state()).isEqualTo(Task.State.FINISHED);
            assertThat(guest.kernel.slice(0, 2)).isEqualTo(Slice.IDLE);
            assertThat(elsewhere.made()).isZero();
            assertThat(guest.machine.cpus().getFirst().account().cycles(Cost.CONTEXT_SWITCH))
                    .as("four switches")
                    .isEqualTo(4 * 1_500);
        }
    }

    private static void assertMade(Task first, long made, Task second, long other) {
        assertThat(List.of(first.made(), second.made())).containsExactly(made, other);
    }

    @Test
    void taskThatFailsLeavesItsTurnToTheNext() {
        try (Guest guest = guest(1, ScanSettings.OFF)) {
            List<GuestProcess> ended = new ArrayList<>();
            guest.kernel.observeEnds(ended::add);
            Task bad = task(guest, 0, Guest.load(BASE), Guest.load(0x1000), Guest.load(BASE));
            Task good = task(guest, 0, loads(4));
            assertThat(guest.kernel.slice(0, 4)).isEqualTo(Slice.MORE);
            assertThat(Guest.assertFailed(bad, VmExit.Cause.SEGMENTATION_FAULT))
                    .isEqualTo("a read of 0x1000, which is not mapped");
            assertMade(bad, 1, good, 3);
            assertThat(ended).containsExactly(bad.process());
            assertThat(bad.process().isAlive()).isFalse();
            assertThat(guest.kernel.processes()).containsExactly(good.process());
            assertThat(good.process().id()).isEqualTo(2);
            guest.runAll(4);
            assertThat(ended).containsExactly(bad.process(), good.process());
        }
    }

    @Test
    void accessThatIsNotPermittedIsNamed() {
        try (Guest guest = guest(1, ScanSettings.OFF)) {
            Vma readOnly = new Vma(BASE, BASE + LARGE, Vma.READ);
            GuestProcess process = guest.kernel.start(0, "p", List.of(readOnly));
            long fetch = Access.pack(Access.FETCH, BASE + 8);
            Task writing = guest.kernel.run(process, Guest.source(Guest.store(BASE)), 0);
            Task fetching = guest.kernel.run(process, Guest.source(fetch), 0);
            Task reading = guest.kernel.run(process, Guest.source(Guest.load(0x2000)), 0);
            guest.runAll(10);
            assertThat(Guest.assertFailed(writing, VmExit.Cause.SEGMENTATION_FAULT))
                    .isEqualTo("a write to 0x7f0000000000, which is not permitted");
            assertThat(Guest.assertFailed(fetching, VmExit.Cause.SEGMENTATION_FAULT))
                    .isEqualTo("a fetch from 0x7f0000000008, which is not permitted");
            assertThat(Guest.assertFailed(reading, VmExit.Cause.SEGMENTATION_FAULT))
                    .isEqualTo("a read of 0x2000, which is not mapped");
        }
    }

    @Test
    void processEndsWithItsLastTask() {
        try (Guest guest = guest(2, ScanSettings.OFF)) {
            Task first = task(guest, 0, loads(1));
            Task second = guest.kernel.run(first.process(), Guest.source(loads(2)), 1);
            guest.slice(0, 5);
            assertThat(first.state()).isEqualTo(Task.State.FINISHED);
            assertThat(first.process().isAlive()).isTrue();
            guest.slice(1, 5);
            assertThat(second.state()).isEqualTo(Task.State.FINISHED);
            assertThat(first.process().isAlive()).isFalse();
        }
    }

    /// Two ranges at each wake-up; those without pages are passed over.
    @Test
    void rangesAreScannedProcessByProcessAndRoundAgain() {
        ScanSettings two = new ScanSettings(true, 1100, 10, 10, 511, 511);
        try (Guest guest = guest(1, two)) {
            Task first = touching(guest, 0, 1, 3);
            Task second = touching(guest, 0, 1, 3);
            guest.kernel.tick(0, 0);
            assertLarge(first, 2, second, 0);
            guest.kernel.tick(0, 9);
            assertLarge(first, 2, second, 0);
            guest.kernel.tick(0, 10);
            assertLarge(first, 3, second, 1);
            guest.kernel.tick(0, 20);
            assertLarge(first, 3, second, 3);
            guest.kernel.run(first.process(), Guest.source(store(2), store(2)), 0);
            guest.slice(0, 1);
            guest.slice(0, 1);
            guest.slice(0, 1);
            guest.kernel.tick(0, 30);
            assertLarge(first, 3, second, 3);
            guest.kernel.tick(0, 40);
            assertLarge(first, 4, second, 3);
        }
    }

    @Test
    void processesThatEndedAreSkipped() {
        ScanSettings one = new ScanSettings(true, 512, 10, 10, 511, 511);
        try (Guest guest = guest(1, one)) {
            Task first = touching(guest, 0, 1);
            Task second = touching(guest, 0, 1);
            Task third = touching(guest, 0, 1);
            guest.kernel.tick(0, 0);
            guest.kernel.exit(0, first.process());
            guest.kernel.exit(0, second.process());
            guest.kernel.tick(0, 10);
            assertThat(third.process().pages(PageSize.SIZE_2M)).isEqualTo(1);
            guest.kernel.tick(0, 20);
            assertThat(third.process().pages(PageSize.SIZE_2M)).isEqualTo(2);
        }
    }

    @Test
    void rangesAtTheEndsOfAreasMustLieInside() {
        ScanSettings all = new ScanSettings(true, 1 << 20, 10, 10, 511, 511);
        try (Guest guest = guest(1, all)) {
            GuestProcess process =
                    guest.kernel.start(
                            0,
                            "p",
                            List.of(
                                    new Vma(BASE + 0x1000, BASE + 3 * LARGE - 0x1000, Vma.ALL),
                                    new Vma(BASE + 4 * LARGE, BASE + 5 * LARGE, Vma.ALL)));
            long[] accesses = {
                store(BASE + 0x1000, 0),
                store(BASE, 1),
                store(BASE, 2),
                store(BASE, 4),
                Guest.load(BASE + LARGE)
            };
            guest.kernel.run(process, Guest.source(accesses), 0);
            guest.slice(0, 4);
            guest.kernel.tick(0, 10);
            assertThat(process.space().leafLevel(BASE + 0x1000)).isEqualTo(1);
            assertThat(process.space().leafLevel(BASE + LARGE)).isEqualTo(2);
            assertThat(process.space().leafLevel(BASE + 2 * LARGE)).isEqualTo(1);
            assertThat(process.space().leafLevel(BASE + 4 * LARGE)).isEqualTo(2);
            assertThat(process.counts().collapses()).isEqualTo(2);
        }
    }

    @Test
    void hypervisorIsToldOfABlockBeforeARangeIsCollapsed() {
        FlatMachine machine = new FlatMachine(16 * Guest.MIB, 1);
        KernelSettings settings = Guest.settings(PagePolicy.SMALL).withHints();
        try (GuestKernel kernel = new GuestKernel(machine, settings.with(ScanSettings.LINUX))) {
            GuestProcess process = kernel.start(0, "p", List.of(Vma.around(BASE, 1)));
            kernel.run(process, Guest.source(store(0), store(0)), 0);
            assertThat(kernel.slice(0, 1)).isEqualTo(Slice.MORE);
            kernel.tick(0, 0);
            assertThat(machine.hypercalls).hasSize(1);
            long block = process.space().entry(BASE) & -LARGE & (1L << 52) - 1;
            assertThat(machine.hypercalls.getFirst()).containsExactly(64, block, LARGE, 0);
        }
    }

    /// The block that it becomes has been written by another process before.
    @Test
    void whatWasMissingInACollapsedRangeIsZero() {
        ScanSettings once = new ScanSettings(true, 512, 10, 10, 511, 511);
        try (Guest guest =
                new Guest(
                        Machines.FLAT,
                        16 * Guest.MIB,
                        1,
                        Guest.settings(PagePolicy.SMALL).with(once))) {
            long[] all = new long[3 << 10];
            for (int i = 0; i < all.length; i++) {
                all[i] = Guest.store(BASE + i * 4096L);
            }
            task(guest, 0, all);
            guest.runAll(1 << 14);
            long[] accesses = new long[513];
            accesses[0] = Guest.store(BASE + 7 * 4096);
            for (int i = 0; i < 512; i++) {
                accesses[i + 1] = Guest.load(BASE + i * 4096L);
            }
            Task task = task(guest, 0, accesses);
            guest.slice(0, 1);
            guest.kernel.tick(0, 0);
            assertThat(task.process().pages(PageSize.SIZE_2M)).isEqualTo(1);
            guest.runAll(1 << 14);
            long checksum = Checksum.START;
            for (int i = 0; i < 512; i++) {
                checksum = Checksum.fold(checksum, i == 7 ? Checksum.value(0) : 0);
            }
            assertThat(task.checksum()).isEqualTo(checksum);
        }
    }

    private static long store(long range) {
        return store(BASE, range);
    }

    private static long store(long base, long range) {
        return Guest.store(base + range * LARGE);
    }

    /// A task that has touched a page of each of some ranges, and has more to do.
    private static Task touching(Guest guest, int... ranges) {
        long[] accesses = new long[ranges.length + 100];
        Arrays.fill(accesses, Guest.load(BASE));
        for (int i = 0; i < ranges.length; i++) {
            accesses[i] = store(ranges[i]);
        }
        Task task = task(guest, 0, accesses);
        while (task.made() < ranges.length) {
            guest.slice(0, ranges.length);
        }
        return task;
    }

    private static void assertLarge(Task first, long large, Task second, long other) {
        assertThat(
                        List.of(
                                first.process().pages(PageSize.SIZE_2M),
                                second.process().pages(PageSize.SIZE_2M)))
                .containsExactly(large, other);
    }
}
