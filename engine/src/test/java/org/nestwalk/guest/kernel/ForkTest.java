package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.GuestFailure;

class ForkTest {
    private static final long BASE = 0x7f00_0000_0000L;

    @ParameterizedTest
    @EnumSource
    void parentAndChildBothEndAsOnPlainMemory(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = new Guest(machine, 64 * Guest.MIB, 2, Guest.settings(pages))) {
                Program program = Guest.program("zipf:footprint=4MiB,accesses=30k,seed=5");
                Task parent = guest.start(program, 0);
                guest.slice(0, 12_345);
                Task child = guest.kernel.fork(0, parent, program.open(), 1);
                guest.runAll(700);
                Guest.assertPlain(parent, program);
                Guest.assertPlain(child, program);
                assertThat(guest.kernel.counts().copies()).isPositive();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void grandchildrenOnOneCpuEndAsOnPlainMemory(Machines machine) {
        KernelSettings settings = Guest.settings(PagePolicy.SMALL);
        for (KernelSettings each : List.of(settings, settings.withoutPcids())) {
            try (Guest guest = new Guest(machine, 64 * Guest.MIB, 1, each)) {
                Program program = Guest.program("gups:footprint=2MiB,accesses=20k,seed=5");
                Task parent = guest.start(program, 0);
                guest.slice(0, 5_000);
                Task child = guest.kernel.fork(0, parent, program.open(), 0);
                guest.slice(0, 5_000);
                guest.slice(0, 5_000);
                Task grandchild = guest.kernel.fork(0, child, program.open(), 0);
                guest.runAll(300);
                for (Task task : List.of(parent, child, grandchild)) {
                    Guest.assertPlain(task, program);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void pageSharedNoLongerIsReused(Machines machine) {
        try (Guest guest =
                new Guest(machine, 64 * Guest.MIB, 1, Guest.settings(PagePolicy.SMALL))) {
            GuestProcess parent = guest.kernel.start(0, "parent", List.of(Vma.around(BASE, 1)));
            guest.kernel.run(parent, Guest.source(Guest.store(BASE), Guest.store(BASE + 8)), 0);
            guest.slice(0, 1);
            GuestProcess child = guest.kernel.fork(0, parent);
            guest.kernel.exit(0, child);
            guest.runAll(10);
            assertThat(parent.counts().reuses()).isEqualTo(1);
            assertThat(parent.counts().copies()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void copyIsSeenByThreadsOnOtherCpus(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = new Guest(machine, 64 * Guest.MIB, 2, Guest.settings(pages))) {
                GuestProcess parent = guest.kernel.start(0, "parent", List.of(Vma.around(BASE, 1)));
                guest.kernel.run(parent, Guest.source(Guest.store(BASE), Guest.store(BASE)), 0);
                Task reader =
                        guest.kernel.run(
                                parent, Guest.source(Guest.load(BASE), Guest.load(BASE)), 1);
                guest.slice(0, 1);
                GuestProcess child = guest.kernel.fork(0, parent);
                guest.slice(1, 1);
                guest.slice(0, 1);
                guest.slice(1, 1);
                long first = Checksum.fold(Checksum.START, Checksum.value(0));
                assertThat(reader.checksum()).isEqualTo(Checksum.fold(first, Checksum.value(1)));
                assertThat(child.isAlive()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void writeToSharedLargePageCopiesFourKibibytes(Machines machine) {
        try (Guest guest =
                new Guest(
                        machine, 64 * Guest.MIB, 1, Guest.settings(PagePolicy.TRANSPARENT_HUGE))) {
            GuestProcess parent = guest.kernel.start(0, "parent", List.of(Vma.around(BASE, 1)));
            guest.kernel.run(
                    parent,
                    Guest.source(Guest.store(BASE), Guest.store(BASE + 8), Guest.store(BASE)),
                    0);
            guest.slice(0, 1);
            GuestProcess child = guest.kernel.fork(0, parent);
            guest.slice(0, 1);
            assertThat(parent.pages(PageSize.SIZE_2M)).isZero();
            assertThat(parent.pages(PageSize.SIZE_4K)).isEqualTo(512);
            assertThat(child.pages(PageSize.SIZE_2M)).isEqualTo(1);
            assertThat(parent.counts().copies()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void forkWithoutMemoryForTablesLeavesNoChild(Machines machine) {
        try (Guest guest = new Guest(machine, 4 * Guest.MIB, 1, Guest.settings(PagePolicy.SMALL))) {
            Program program = Guest.program("sequential:footprint=1MiB,accesses=200k,writes=1");
            Task parent = guest.start(program, 0);
            guest.slice(0, 150_000);
            while (guest.kernel.allocator().freeFrames() > 2) {
                guest.kernel.allocator().allocate(0);
            }
            long free = guest.kernel.allocator().freeFrames();
            assertThatThrownBy(() -> guest.kernel.fork(0, parent.process()))
                    .isInstanceOf(GuestFailure.class)
                    .hasMessageContaining("no free memory");
            assertThat(guest.kernel.allocator().freeFrames()).isEqualTo(free);
            assertThat(guest.kernel.processes()).containsExactly(parent.process());
            guest.runAll(1000);
            Guest.assertPlain(parent, program);
            freeAllTaken(guest);
        }
    }

    private static void freeAllTaken(Guest guest) {
        var allocator = guest.kernel.allocator();
        for (long at = allocator.nextAllocatedBlock(0, 0);
                at >= 0;
                at = allocator.nextAllocatedBlock(at + 1, 0)) {
            allocator.free(at, 0);
        }
    }
}
