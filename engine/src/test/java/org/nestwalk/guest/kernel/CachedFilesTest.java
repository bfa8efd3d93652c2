package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit.Cause;
import org.nestwalk.memory.PageSet;
import org.nestwalk.storage.CacheSettings;
import org.nestwalk.storage.Disk;
import org.nestwalk.storage.DiskModel;
import org.nestwalk.storage.SimulatedTime;

/// Files of a guest on a disk of its host, through its page cache.
class CachedFilesTest {
    private static final long BASE = FileSteps.BASE;
    private static final long PAGE = 4096;
    private static final int FILE = 1;

    private final Disk disk = new Disk(DiskModel.NVME.withCapacity(2000), new SimulatedTime(), 5);

    private static Guest guest(PagePolicy pages) {
        return new Guest(Machines.NESTED, 16 * Guest.MIB, 1, Guest.settings(pages));
    }

    private static FileSteps steps(long seed, int calls, int files) {
        return new FileSteps(seed, calls, FILE, files, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1000, 3, SMALL",
        "2, 7, 3, SMALL",
        "3, 1, 2, SMALL",
        "4, 40, 5, TRANSPARENT_HUGE"
    })
    void programsEndAsOnPlainMemoryWhateverIsCached(
            long seed, int capacity, int files, PagePolicy pages) {
        try (Guest guest = guest(pages)) {
            guest.kernel.mount(disk, CacheSettings.of(capacity).withReadahead(8));
            GuestProcess process = guest.kernel.start(0, "p", List.of(Vma.around(BASE, 64 * PAGE)));
            Task task = guest.kernel.run(process, steps(seed, 400, files), 0);
            guest.runAll(100);
            PlainExecution plain = PlainExecution.of(steps(seed, 400, files));
            assertThat(task.state()).isEqualTo(Task.State.FINISHED);
            assertThat(task.checksum()).isEqualTo(plain.checksum());
        }
    }

    @Test
    void theCacheGivesWayToPrograms() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            disk.create(FILE, 1990);
            CachedFiles files = guest.kernel.mount(disk, CacheSettings.of(4000));
            long buffer = files.takeBuffer(0);
            for (long page = 0; page < 1990; page++) {
                files.read(0, FILE, page, buffer);
            }
            assertThat(files.cache().size()).isEqualTo(1990);
            Task task = guest.start(Guest.program("gups:footprint=12MiB,accesses=40k"), 0);
            guest.runAll(10_000);
            Guest.assertPlain(task, Guest.program("gups:footprint=12MiB,accesses=40k"));
            assertThat(files.cache().size()).isLessThan(1000);
            files.giveBuffer(buffer);
        }
    }

    private static long[] words(Guest guest, long frame) {
        long[] words = new long[512];
        guest.machine.memory().readPage(frame, words);
        return words;
    }

    /// What the disk holds, by the cache and past it; only the first is copied, and stays.
    @Test
    void buffersGetTheSameByTheCacheAndPastIt() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            disk.create(FILE, 3);
            CachedFiles files = guest.kernel.mount(disk, CacheSettings.of(8));
            long[] expected = new long[512];
            disk.read(FILE, 2, 1, (page, words) -> System.arraycopy(words, 0, expected, 0, 512));
            assertThat(expected).doesNotContain(0);
            long buffer = files.takeBuffer(0);
            assertThat(words(guest, buffer)).containsOnly(0);
            long copying = copying(guest);
            files.read(0, FILE, 2, buffer);
            assertThat(words(guest, buffer)).isEqualTo(expected);
            assertThat(copying(guest) - copying).isEqualTo(Guest.COSTS.copying());
            assertThat(files.cache().size()).isPositive();
            PageSet frames = new PageSet();
            files.addFramesTo(frames);
            assertThat(frames.size()).isEqualTo(files.cache().size());
            assertThat(frames.contains(buffer)).isFalse();
            long other = files.takeBuffer(0);
            long read = disk.pagesRead();
            files.readDirectly(0, FILE, 2, other);
            assertThat(words(guest, other)).isEqualTo(expected);
            assertThat(disk.pagesRead()).isEqualTo(read + 1);
            assertThat(copying(guest) - copying).isEqualTo(Guest.COSTS.copying());
            assertThatThrownBy(() -> files.readDirectly(0, FILE, 3, other))
                    .isInstanceOf(GuestFailure.class);
            files.giveBuffer(buffer);
            files.giveBuffer(other);
            // Its memory is zero again, whoever had it.
            long again = files.takeBuffer(0);
            assertThat(words(guest, again)).containsOnly(0);
            files.giveBuffer(again);
        }
    }

    private static long copying(Guest guest) {
        return guest.machine.cpus().getFirst().account().cycles(Cost.GUEST_COPYING);
    }

    @Test
    void whatIsDroppedWasWrittenAndIsReadAgain() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            disk.create(FILE, 3);
            CachedFiles files = guest.kernel.mount(disk, CacheSettings.of(8));
            GuestProcess process = guest.kernel.start(0, "p", List.of(Vma.around(BASE, PAGE)));
            guest.kernel.run(process, steps(1, 6, 1), 0);
            guest.runAll(100);
            files.drop(0, FILE);
            assertThat(files.cache().size()).isZero();
            long written = disk.pagesWritten();
            files.drop(0, FILE);
            assertThat(disk.pagesWritten()).isEqualTo(written);
        }
    }

    /// A program that loads one word of each page of a mapping, and stores to `written` of them.
    private Task touch(Guest guest, GuestProcess process, long pages, long written) {
        List<Long> steps = new ArrayList<>();
        for (long page = 0; page < written; page++) {
            steps.add(Guest.store(BASE + page * PAGE + 8));
        }
        for (long page = 0; page < pages; page++) {
            steps.add(Guest.load(BASE + page * PAGE));
        }
        Task task =
                guest.kernel.run(
                        process, Guest.source(steps.stream().mapToLong(step -> step).toArray()), 0);
        guest.runAll(7);
        return task;
    }

    @Test
    void aMappedFileIsReadAsItIsTouchedAndCopiedAsItIsWritten() {
        try (Guest guest = guest(PagePolicy.TRANSPARENT_HUGE)) {
            disk.create(FILE, 600);
            CachedFiles files = guest.kernel.mount(disk, CacheSettings.of(40));
            GuestProcess process = guest.kernel.start(0, "p", List.of());
            Vma area = new Vma(BASE, BASE + 600 * PAGE, Vma.READ | Vma.WRITE);
            guest.kernel.mapFile(0, process, area, FILE, 0);
            Task task = touch(guest, process, 600, 10);
            assertThat(task.state()).isEqualTo(Task.State.FINISHED);
            assertThat(disk.pagesRead()).isEqualTo(600);
            assertThat(disk.pagesWritten()).isZero();
            assertThat(files.cache().size()).isEqualTo(40);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 6", "0, 1", "6, 6"})
    void whoTouchesWhatAFileDoesNotHaveGetsABusError(long size, long touched) {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            disk.create(FILE, 6);
            CachedFiles files = guest.kernel.mount(disk, CacheSettings.of(40));
            GuestProcess process = guest.kernel.start(0, "p", List.of());
            Vma area = new Vma(BASE, BASE + 10 * PAGE, Vma.READ | Vma.WRITE);
            guest.kernel.mapFile(0, process, area, FILE, 0);
            GuestProcess keeper = guest.kernel.fork(0, process);
            // All that it has is mapped, and one page copied, before it becomes shorter.
            Task before = touch(guest, keeper, 6, 1);
            assertThat(before.state()).isEqualTo(Task.State.FINISHED);
            files.resize(0, FILE, size);
            Task task = touch(guest, process, touched, 0);
            if (touched > size) {
                assertThat(Guest.assertFailed(task, Cause.BUS_ERROR))
                        .contains("page %d of file 1, which has %d".formatted(size, size));
            } else {
                assertThat(task.state()).isEqualTo(Task.State.FINISHED);
            }
        }
    }

    @Test
    void mappedPagesGoWhenTheFileBecomesShorter() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            disk.create(FILE, 6);
            CachedFiles files = guest.kernel.mount(disk, CacheSettings.of(40));
            GuestProcess process = guest.kernel.start(0, "p", List.of());
            Vma area = new Vma(BASE, BASE + 6 * PAGE, Vma.READ | Vma.WRITE);
            guest.kernel.mapFile(0, process, area, FILE, 0);
            GuestProcess child = guest.kernel.fork(0, process);
            long[] all = new long[12];
            for (int i = 0; i < 12; i++) {
                all[i] = i % 2 == 0 ? Guest.store(BASE + i / 2 * PAGE) : Guest.load(BASE);
            }
            // Touched, then shortened in the middle of its run.
            Task task = guest.kernel.run(child, Guest.source(all), 0);
            assertThat(guest.slice(0, 11)).isTrue();
            files.resize(0, FILE, 3);
            assertThat(child.pages(PageSize.SIZE_4K)).isEqualTo(3);
            guest.runAll(10);
            assertThat(task.state()).isEqualTo(Task.State.FINISHED);
        }
    }

    @Test
    void anAreaThatIsUnmappedAndMappedAnewIsNoFile() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            disk.create(FILE, 6);
            guest.kernel.mount(disk, CacheSettings.of(40));
            GuestProcess process = guest.kernel.start(0, "p", List.of());
            Vma area = new Vma(BASE, BASE + 6 * PAGE, Vma.READ | Vma.WRITE);
            guest.kernel.mapFile(0, process, area, FILE, 0);
            guest.kernel.unmap(0, process, BASE + PAGE, BASE + 5 * PAGE);
            guest.kernel.map(
                    0, process, new Vma(BASE + PAGE, BASE + 5 * PAGE, Vma.READ | Vma.WRITE));
            Task task = touch(guest, process, 6, 0);
            assertThat(task.state()).isEqualTo(Task.State.FINISHED);
            assertThat(disk.pagesRead()).isEqualTo(2);
        }
    }

    @Test
    void aDiskThatIsFullEndsTheProgramThatWrites() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            disk.create(FILE, 2000);
            guest.kernel.mount(disk, CacheSettings.of(40));
            GuestProcess process = guest.kernel.start(0, "p", List.of(Vma.around(BASE, 64 * PAGE)));
            Task task = guest.kernel.run(process, steps(1, 100, 2), 0);
            guest.runAll(100);
            assertThat(Guest.assertFailed(task, Cause.DISK_FULL)).contains("no room for file");
        }
    }

    @Test
    void aKernelWithADiskOfItsHostIsNotSaved() {
        try (Guest guest = guest(PagePolicy.SMALL)) {
            guest.kernel.mount(disk, CacheSettings.of(40));
            assertThatThrownBy(guest.kernel::save)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("on a disk of its host");
        }
    }
}
