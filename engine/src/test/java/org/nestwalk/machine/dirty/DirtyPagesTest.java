package org.nestwalk.machine.dirty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// What every source of written pages finds alike, and what only some do.
class DirtyPagesTest {
    private static final long MEMORY = 16L << 20;
    private static final long SMALL = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final int LOG = 512;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 2, TranslationMode.NESTED));
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();
    private final KernelCpu other = vm.cpus().getLast().kernel();

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    private DirtyPages track(DirtySource source, PageSize backing) {
        Hypervisor.start(vm, new FirstTouch(backing));
        return vm.trackDirty(source);
    }

    private static PageSet peek(DirtyPages tracking) {
        PageSet pages = new PageSet();
        tracking.peek(pages);
        return pages;
    }

    private static PageSet collect(DirtyPages tracking) {
        PageSet pages = new PageSet();
        tracking.collect(pages);
        return pages;
    }

    private static List<Long> list(PageSet pages) {
        List<Long> found = new ArrayList<>();
        pages.forEach(found::add);
        return found;
    }

    private long logsFull() {
        return vm.cpus().getFirst().account().exits(ExitReason.LOG_FULL);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAPS", "RING", "FLAGS", "LOG"})
    void writesOfAllCpusAreFoundAndLookingForgetsNothing(DirtySource source) {
        DirtyPages tracking = track(source, PageSize.SIZE_4K);
        kernel.store(0x5000, 1);
        kernel.store(0x5008, 1);
        other.store(0x9000, 1);
        kernel.load(0xb000);
        assertThat(list(peek(tracking))).containsExactly(0x5000L, 0x9000L);
        assertThat(list(peek(tracking))).as("asked again").containsExactly(0x5000L, 0x9000L);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAPS", "RING", "FLAGS", "LOG"})
    void whatIsCollectedIsForgottenUntilItIsWrittenAgain(DirtySource source) {
        DirtyPages tracking = track(source, PageSize.SIZE_4K);
        kernel.store(0x5000, 1);
        other.store(0x6000, 1);
        PageSet pages = new PageSet();
        pages.add(0x2000, SMALL);
        tracking.collect(pages);
        assertThat(list(pages)).as("added").containsExactly(0x2000L, 0x5000L, 0x6000L);
        kernel.store(0x7000, 1);
        assertThat(list(peek(tracking))).containsExactly(0x7000L);
        kernel.store(0x5000, 2);
        assertThat(list(peek(tracking))).as("written again").containsExactly(0x5000L, 0x7000L);
        other.store(0x5000, 3);
        assertThat(collect(tracking).size()).isEqualTo(2);
        assertThat(collect(tracking).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAPS", "RING", "FLAGS", "LOG"})
    void whatWasWrittenBeforeIsNotFound(DirtySource source) {
        Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        kernel.store(0x5000, 1);
        DirtyPages tracking = vm.trackDirty(source);
        assertThat(peek(tracking).isEmpty()).isTrue();
        kernel.store(0x5000, 2);
        assertThat(list(peek(tracking))).containsExactly(0x5000L);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAPS", "RING", "FLAGS", "LOG"})
    void whatTheHypervisorWritesAndTakesAwayIsFound(DirtySource source) {
        DirtyPages tracking = track(source, PageSize.SIZE_4K);
        kernel.load(0x8000);
        kernel.load(0xa000);
        vm.exclusively(() -> {
            vm.memory().write(0x5000, 1);
            vm.secondLevel().unmap(0x8000, 2 * SMALL);
        });
        assertThat(list(collect(tracking))).containsExactly(0x5000L, 0x8000L);
        kernel.store(0x8000, 1);
        assertThat(list(collect(tracking))).containsExactly(0x8000L);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAPS", "RING", "FLAGS", "LOG"})
    void trackersOfOneSourceDoNotTakeFromEachOther(DirtySource source) {
        DirtyPages first = track(source, PageSize.SIZE_4K);
        kernel.store(0x5000, 1);
        DirtyPages second = vm.trackDirty(source);
        kernel.store(0x7000, 1);
        assertThat(list(collect(first))).containsExactly(0x5000L, 0x7000L);
        kernel.store(0x7000, 2);
        assertThat(list(collect(second))).containsExactly(0x7000L);
        assertThat(list(collect(first))).containsExactly(0x7000L);
        first.close();
        first.close();
        kernel.store(0x9000, 2);
        assertThat(list(collect(second))).containsExactly(0x9000L);
        second.close();
        kernel.store(0x5000, 3);
        DirtyPages third = vm.trackDirty(source);
        assertThat(peek(third).isEmpty()).isTrue();
        kernel.store(0x5000, 4);
        assertThat(list(collect(third))).containsExactly(0x5000L);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAPS", "RING", "FLAGS", "LOG"})
    void everySourceAgreesWithItsTwin(DirtySource source) {
        DirtyPages tracking = track(source, PageSize.SIZE_4K);
        long seed = 11;
        Xoshiro256 random = new Xoshiro256(seed);
        for (int pass = 0; pass < 20; pass++) {
            TreeSet<Long> written = new TreeSet<>();
            for (int i = 0; i < 200; i++) {
                long gpa = random.nextBelow(400) * SMALL;
                KernelCpu on = random.nextBelow(2) == 0 ? kernel : other;
                if (random.nextBelow(3) == 0) {
                    on.load(gpa);
                } else {
                    on.store(gpa, i);
                    written.add(gpa);
                }
            }
            assertThat(list(collect(tracking)))
                    .as("seed %d, pass %d", seed, pass)
                    .containsExactlyElementsOf(written);
        }
    }

    @Test
    void logsThatFillAreEmptiedAndNobodyIsAsked() {
        List<VmExit> offered = new ArrayList<>();
        vm.attach((cpu, exit) -> {
            offered.add(exit);
            return Verdict.NOT_MINE;
        });
        Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_2M));
        vm.exclusively(() -> vm.secondLevel().populate(0, PageSize.SIZE_2M));
        vm.exclusively(() -> vm.secondLevel().split(0));
        DirtyPages tracking = vm.trackDirty(DirtySource.LOG);
        write(0, LOG);
        assertThat(logsFull()).as("full, but nothing more to log").isZero();
        kernel.store(0, 2);
        assertThat(logsFull()).as("logged already").isZero();
        assertThat(collect(tracking).size()).isEqualTo(LOG);
        vm.exclusively(() -> {
            for (int region = 1; region < 4; region++) {
                vm.secondLevel().populate(region * LARGE, PageSize.SIZE_2M);
                vm.secondLevel().split(region * LARGE);
            }
        });
        write(LARGE, 2 * LOG);
        assertThat(logsFull()).isEqualTo(1);
        write(3 * LARGE, 1);
        assertThat(logsFull()).isEqualTo(2);
        assertThat(peek(tracking).size()).isEqualTo(2 * LOG + 1);
        assertThat(offered).isEmpty();
    }

    @Test
    void logsThatFillAreCountedToo() {
        DirtyPages tracking = track(DirtySource.LOG, PageSize.SIZE_4K);
        write(0, 1300);
        assertThat(peek(tracking).size()).isEqualTo(1300);
        assertThat(logsFull()).isEqualTo(2);
    }

    /// Only what is collected is logged again.
    @Test
    void lookingAtTheLogHasNothingLoggedAgain() {
        DirtyPages tracking = track(DirtySource.LOG, PageSize.SIZE_4K);
        for (int pass = 0; pass < 3; pass++) {
            write(0, LOG);
            assertThat(peek(tracking).size()).isEqualTo(LOG);
        }
        kernel.store(LOG * SMALL, 1);
        assertThat(logsFull()).isZero();
        assertThat(collect(tracking).size()).isEqualTo(LOG + 1);
        write(0, LOG + 1);
        assertThat(logsFull()).isEqualTo(1);
    }

    @Test
    void nothingIsLoggedWhenNobodyWantsToKnow() {
        DirtyPages tracking = track(DirtySource.LOG, PageSize.SIZE_4K);
        DirtyPages second = vm.trackDirty(DirtySource.LOG);
        tracking.close();
        write(0, LOG + 1);
        assertThat(logsFull()).isEqualTo(1);
        second.close();
        write(LOG * SMALL + SMALL, 2 * LOG);
        assertThat(logsFull()).isEqualTo(1);
    }

    private void write(long gpa, int pages) {
        for (int i = 0; i < pages; i++) {
            kernel.store(gpa + i * SMALL, 1);
        }
    }

    /// The flags of its parts are set then, so that writes to them will not be logged.
    @Test
    void loggedLargePageThatIsSplitCountsAsAWhole() {
        DirtyPages tracking = track(DirtySource.LOG, PageSize.SIZE_2M);
        kernel.load(2 * LARGE);
        kernel.store(LARGE + 5 * SMALL, 1);
        vm.exclusively(() -> {
            vm.secondLevel().split(LARGE);
            vm.secondLevel().split(2 * LARGE);
        });
        kernel.store(LARGE + 9 * SMALL, 1);
        PageSet pages = collect(tracking);
        assertThat(pages.count(LARGE, LARGE)).isEqualTo(512);
        assertThat(pages.size()).isEqualTo(512);
        kernel.store(LARGE + 9 * SMALL, 1);
        kernel.store(2 * LARGE, 1);
        assertThat(list(collect(tracking))).containsExactly(LARGE + 9 * SMALL, 2 * LARGE);
    }

    @Test
    void loggedPageThatIsCollapsedCountsAsTheLargeOne() {
        DirtyPages tracking = track(DirtySource.LOG, PageSize.SIZE_4K);
        kernel.store(LARGE + 5 * SMALL, 1);
        vm.exclusively(() -> assertThat(vm.secondLevel().collapse(LARGE, -1)).isEqualTo(1));
        PageSet pages = collect(tracking);
        assertThat(pages.count(LARGE, LARGE)).isEqualTo(512);
        assertThat(pages.size()).isEqualTo(512);
        kernel.store(LARGE + 7 * SMALL, 1);
        assertThat(collect(tracking).size()).as("logged again").isEqualTo(512);
    }

    @Test
    void logAndFlagsBothFindWhatIsWritten() {
        DirtyPages log = track(DirtySource.LOG, PageSize.SIZE_4K);
        DirtyPages flags = vm.trackDirty(DirtySource.FLAGS);
        kernel.store(0x5000, 1);
        assertThat(list(collect(flags))).containsExactly(0x5000L);
        assertThat(list(peek(log))).containsExactly(0x5000L);
        kernel.store(0x5000, 2);
        other.store(0x6000, 2);
        assertThat(list(collect(log))).containsExactly(0x5000L, 0x6000L);
        assertThat(list(collect(flags))).containsExactly(0x5000L, 0x6000L);
        flags.close();
        kernel.store(0x6000, 3);
        assertThat(list(collect(log))).containsExactly(0x6000L);
    }
}
