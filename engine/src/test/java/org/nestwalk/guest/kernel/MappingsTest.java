package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.VmExit.Cause;

class MappingsTest {
    private static final long BASE = 0x7f00_0000_0000L;
    private static final long PAGE = 4096;

    private static Guest guest(Machines machine, int cpus, PagePolicy pages) {
        return new Guest(machine, 64 * Guest.MIB, cpus, Guest.settings(pages));
    }

    private static GuestProcess process(Guest guest, int rights) {
        return guest.kernel.start(0, "p", List.of(new Vma(BASE, BASE + 4 * Guest.MIB, rights)));
    }

    @ParameterizedTest
    @EnumSource
    void writeToWhatBecameReadOnlyEndsThatTaskOnly(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = guest(machine, 2, pages)) {
                Program program = Guest.program("gups:footprint=4MiB,accesses=20k");
                Task victim = guest.start(program, 0);
                Task sibling = guest.start(program, 0);
                Task elsewhere = guest.start(program, 1);
                guest.slice(0, 3000);
                guest.slice(1, 3000);
                Vma range = new Vma(program.base(), program.base() + Guest.MIB, Vma.READ);
                guest.kernel.protect(1, victim.process(), range);
                guest.runAll(1000);
                assertThat(Guest.assertFailed(victim, Cause.SEGMENTATION_FAULT))
                        .contains("a write to 0x7f", "not permitted");
                assertThat(victim.process().isAlive()).isFalse();
                Guest.assertPlain(sibling, program);
                Guest.assertPlain(elsewhere, program);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void rightToWriteComesBack(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = guest(machine, 1, pages)) {
                Program program = Guest.program("gups:footprint=4MiB,accesses=20k");
                Task task = guest.start(program, 0);
                guest.slice(0, 3000);
                long base = program.base();
                guest.kernel.protect(
                        0, task.process(), new Vma(base + PAGE, base + 3 * Guest.MIB, Vma.READ));
                guest.kernel.protect(
                        0, task.process(), new Vma(base + PAGE, base + 3 * Guest.MIB, Vma.ALL));
                guest.runAll(1000);
                Guest.assertPlain(task, program);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void fetchFromWhatIsNotExecutableEndsTheTask(Machines machine) {
        try (Guest guest = guest(machine, 1, PagePolicy.SMALL)) {
            GuestProcess process = process(guest, Vma.READ | Vma.WRITE);
            Task task =
                    guest.kernel.run(
                            process,
                            Guest.source(Guest.load(BASE), Access.pack(Access.FETCH, BASE + PAGE)),
                            0);
            guest.runAll(10);
            Guest.assertFailed(task, Cause.SEGMENTATION_FAULT);
            assertThat(task.made()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void pageThatWasReadFirstIsNotWrittenWithoutTheRight(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = guest(machine, 1, pages)) {
                Task task =
                        guest.kernel.run(
                                process(guest, Vma.READ | Vma.EXECUTE),
                                Guest.source(
                                        Guest.load(BASE),
                                        Access.pack(Access.FETCH, BASE),
                                        Guest.store(BASE)),
                                0);
                guest.runAll(10);
                Guest.assertFailed(task, Cause.SEGMENTATION_FAULT);
                assertThat(task.made()).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void childMayExecuteWhatItsParentMay(Machines machine) {
        for (int rights : new int[] {Vma.ALL, Vma.READ | Vma.WRITE}) {
            try (Guest guest = guest(machine, 1, PagePolicy.SMALL)) {
                long[] accesses = {
                    Guest.store(BASE), Guest.load(BASE), Access.pack(Access.FETCH, BASE)
                };
                Task parent = guest.kernel.run(process(guest, rights), Guest.source(accesses), 0);
                guest.slice(0, 1);
                Task child = guest.kernel.fork(0, parent, Guest.source(accesses), 0);
                guest.runAll(10);
                Task.State expected = rights == Vma.ALL ? Task.State.FINISHED : Task.State.FAILED;
                assertThat(child.state()).isEqualTo(expected);
                assertThat(parent.state()).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasUnmappedIsGoneOnEveryCpu(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = guest(machine, 2, pages)) {
                GuestProcess process = process(guest, Vma.ALL);
                Task first =
                        guest.kernel.run(
                                process,
                                Guest.source(Guest.store(BASE), Guest.load(BASE + PAGE)),
                                0);
                Task second =
                        guest.kernel.run(
                                process, Guest.source(Guest.load(BASE), Guest.load(BASE)), 1);
                guest.slice(0, 1);
                guest.slice(1, 1);
                guest.kernel.unmap(0, process, BASE, BASE + PAGE);
                guest.runAll(10);
                assertThat(first.state()).isEqualTo(Task.State.FINISHED);
                assertThat(Guest.assertFailed(second, Cause.SEGMENTATION_FAULT))
                        .contains("a read of", "not mapped");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsMappedAgainIsZero(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = guest(machine, 1, pages)) {
                GuestProcess process = process(guest, Vma.ALL);
                Task task =
                        guest.kernel.run(
                                process, Guest.source(Guest.store(BASE), Guest.load(BASE)), 0);
                guest.slice(0, 1);
                guest.kernel.unmap(0, process, BASE, BASE + Guest.MIB);
                guest.kernel.map(0, process, new Vma(BASE, BASE + Guest.MIB, Vma.ALL));
                guest.runAll(10);
                assertThat(task.checksum()).isEqualTo(Checksum.fold(Checksum.START, 0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void pagesAreFreedAsTheyAreUnmapped(Machines machine) {
        for (PagePolicy pages : PagePolicy.values()) {
            try (Guest guest = guest(machine, 1, pages)) {
                GuestProcess process = process(guest, Vma.ALL);
                long free = guest.kernel.allocator().freeFrames();
                guest.kernel.run(process, Guest.source(Guest.store(BASE), Guest.store(BASE)), 0);
                guest.slice(0, 1);
                assertThat(guest.kernel.allocator().freeFrames()).isLessThan(free);
                guest.kernel.unmap(0, process, BASE, BASE + 4 * Guest.MIB);
                assertThat(guest.kernel.allocator().freeFrames()).isEqualTo(free);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void unmappingPartOfLargePageSplitsIt(Machines machine) {
        try (Guest guest = guest(machine, 1, PagePolicy.TRANSPARENT_HUGE)) {
            GuestProcess process = process(guest, Vma.ALL);
            Task task =
                    guest.kernel.run(process, Guest.source(Guest.store(BASE), Guest.load(BASE)), 0);
            guest.slice(0, 1);
            guest.kernel.unmap(0, process, BASE + PAGE, BASE + 3 * PAGE);
            assertThat(process.pages(PageSize.SIZE_2M)).isZero();
            assertThat(process.pages(PageSize.SIZE_4K)).isEqualTo(510);
            guest.runAll(10);
            assertThat(task.checksum()).isEqualTo(Checksum.fold(Checksum.START, Checksum.value(0)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void overlappingMappingIsRefused(Machines machine) {
        try (Guest guest = guest(machine, 1, PagePolicy.SMALL)) {
            GuestProcess process = process(guest, Vma.ALL);
            Vma overlapping = new Vma(BASE + Guest.MIB, BASE + 8 * Guest.MIB, Vma.ALL);
            assertThatThrownBy(() -> guest.kernel.map(0, process, overlapping))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("overlaps")
                    .hasMessageContaining("0x7f0000100000");
        }
    }

    @ParameterizedTest
    @EnumSource
    void rightsOfWhatIsNotMappedCannotChange(Machines machine) {
        try (Guest guest = guest(machine, 1, PagePolicy.SMALL)) {
            GuestProcess process = process(guest, Vma.ALL);
            Vma tooLong = new Vma(BASE, BASE + 8 * Guest.MIB, Vma.READ);
            assertThatThrownBy(() -> guest.kernel.protect(0, process, tooLong))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("0x7f0000400000 is not mapped");
        }
    }
}
