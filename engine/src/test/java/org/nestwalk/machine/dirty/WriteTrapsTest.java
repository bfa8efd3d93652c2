package org.nestwalk.machine.dirty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class WriteTrapsTest {
    private static final long MEMORY = 64L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long FIRST = 0x10_0000;
    private static final int READ_ONLY = SecondLevelMap.READ;
    private static final int NO_WRITE = SecondLevelMap.READ | SecondLevelMap.EXECUTE;
    private static final int NO_FETCH = SecondLevelMap.READ | SecondLevelMap.WRITE;

    // SoftwareCosts.assumed.
    private static final long MAPPING = 1_000;
    private static final long SCANNING = 50;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();
    private final Account account = vm.cpus().getFirst().account();
    private final List<VmExit.WriteTrap> forOthers = new ArrayList<>();
    private final RightsClaim others = vm.claim(this::giveBack);

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    /// Somebody else who gives back what they withhold as soon as it is written.
    private Verdict giveBack(VirtualCpu cpu, VmExit exit) {
        if (!(exit instanceof VmExit.WriteTrap trap)) {
            return Verdict.STOP;
        }
        forOthers.add(trap);
        others.allow(trap.gpa() & -PAGE, PAGE, SecondLevelMap.ALL);
        return Verdict.RESUME;
    }

    private DirtyPages track(PageSize backing) {
        Hypervisor.start(vm, new FirstTouch(backing));
        return vm.trackDirty(DirtySource.TRAPS);
    }

    private void withhold(long gpa, int rights) {
        vm.exclusively(() -> others.allow(gpa, PAGE, rights));
    }

    private int rights(long gpa) {
        return vm.secondLevel().rights(gpa);
    }

    private static List<Long> peek(DirtyPages tracking) {
        PageSet pages = new PageSet();
        tracking.peek(pages);
        return list(pages);
    }

    private static List<Long> collect(DirtyPages tracking) {
        PageSet pages = new PageSet();
        tracking.collect(pages);
        return list(pages);
    }

    private static List<Long> list(PageSet pages) {
        List<Long> found = new ArrayList<>();
        pages.forEach(found::add);
        return found;
    }

    private void touch(int pages) {
        for (int i = 0; i < pages; i++) {
            kernel.store(FIRST + i * PAGE, i);
        }
    }

    @Test
    void aWrittenPageGetsBackWhatNobodyElseWithholds() {
        DirtyPages tracking = track(PageSize.SIZE_4K);
        touch(4);
        withhold(FIRST + PAGE, NO_FETCH);
        assertThat(collect(tracking)).hasSize(4);
        assertThat(rights(FIRST)).isEqualTo(NO_WRITE);
        assertThat(rights(FIRST + PAGE)).isEqualTo(READ_ONLY);
        touch(3);
        assertThat(rights(FIRST)).isEqualTo(SecondLevelMap.ALL);
        assertThat(rights(FIRST + PAGE)).isEqualTo(NO_FETCH);
        assertThat(rights(FIRST + 2 * PAGE)).isEqualTo(SecondLevelMap.ALL);
        assertThat(rights(FIRST + 3 * PAGE)).isEqualTo(NO_WRITE);
        assertThat(peek(tracking)).containsExactly(FIRST, FIRST + PAGE, FIRST + 2 * PAGE);
        assertThat(forOthers).isEmpty();
    }

    @Test
    void aWriteThatSomebodyElseForbidsTooIsTheBusinessOfBoth() {
        DirtyPages tracking = track(PageSize.SIZE_4K);
        touch(2);
        withhold(FIRST, READ_ONLY);
        collect(tracking);
        assertThat(rights(FIRST)).isEqualTo(READ_ONLY);
        touch(2);
        assertThat(forOthers).extracting(VmExit.WriteTrap::gpa).containsExactly(FIRST);
        assertThat(peek(tracking)).containsExactly(FIRST, FIRST + PAGE);
    }

    @Test
    void aWriteForbiddenAfterThePageWasFoundWrittenIsForOthersAlone() {
        DirtyPages tracking = track(PageSize.SIZE_4K);
        touch(1);
        withhold(FIRST, READ_ONLY);
        long traps = account.exits(ExitReason.WRITE_TRAP);
        touch(1);
        assertThat(forOthers).hasSize(1);
        assertThat(account.exits(ExitReason.WRITE_TRAP)).isEqualTo(traps + 1);
        withhold(FIRST, READ_ONLY);
        assertThat(collect(tracking)).containsExactly(FIRST);
        touch(1);
        assertThat(forOthers).hasSize(2);
        assertThat(collect(tracking)).as("in the next pass too").containsExactly(FIRST);
    }

    @Test
    void everyPassFindsEachWrittenPageAgainAtItsFirstWrite() {
        DirtyPages tracking = track(PageSize.SIZE_4K);
        touch(3);
        for (int pass = 0; pass < 3; pass++) {
            collect(tracking);
            assertThat(collect(tracking)).isEmpty();
            long traps = account.exits(ExitReason.WRITE_TRAP);
            touch(3);
            touch(3);
            assertThat(account.exits(ExitReason.WRITE_TRAP)).isEqualTo(traps + 3);
            assertThat(peek(tracking)).as("pass %d", pass).hasSize(3);
        }
        assertThat(forOthers).isEmpty();
    }

    @Test
    void aPageFirstBackedForAReadIsFoundWhenItIsWritten() {
        DirtyPages tracking = track(PageSize.SIZE_4K);
        assertThat(kernel.load(FIRST)).isZero();
        assertThat(peek(tracking)).isEmpty();
        assertThat(rights(FIRST)).isEqualTo(NO_WRITE);
        touch(1);
        assertThat(peek(tracking)).containsExactly(FIRST);
        assertThat(rights(FIRST)).isEqualTo(SecondLevelMap.ALL);
    }

    @Test
    void aPageFirstBackedForAWriteIsFoundWithinThatExit() {
        DirtyPages tracking = track(PageSize.SIZE_4K);
        touch(1);
        assertThat(peek(tracking)).containsExactly(FIRST);
        assertThat(account.exits(ExitReason.VIOLATION)).isEqualTo(1);
        assertThat(account.exits(ExitReason.WRITE_TRAP)).isZero();
    }

    @Test
    void aLargePageIsFoundWholeAndNotSplit() {
        DirtyPages tracking = track(PageSize.SIZE_2M);
        kernel.load(LARGE + 0x5000);
        kernel.store(LARGE + 0x9000, 1);
        kernel.store(3 * LARGE + 0x9000, 1);
        PageSet pages = new PageSet();
        tracking.peek(pages);
        assertThat(pages.count(LARGE, LARGE)).isEqualTo(512);
        assertThat(pages.count(3 * LARGE, LARGE)).isEqualTo(512);
        assertThat(pages.size()).isEqualTo(1024);
        assertThat(rights(LARGE)).isEqualTo(SecondLevelMap.ALL);
        collect(tracking);
        assertThat(peek(tracking)).isEmpty();
        assertThat(rights(LARGE)).isEqualTo(NO_WRITE);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_2M);
    }

    @Test
    void collectingCostsALookAtEachOpenPageAndOneChange() {
        DirtyPages tracking = track(PageSize.SIZE_4K);
        touch(3);
        kernel.store(FIRST + 9 * PAGE, 1);
        long scanning = vm.background().cycles(Cost.HOST_SCANNING);
        long backing = vm.background().cycles(Cost.BACKING);
        peek(tracking);
        assertThat(vm.background().cycles(Cost.HOST_SCANNING)).isEqualTo(scanning);
        assertThat(collect(tracking)).hasSize(4);
        assertThat(vm.background().cycles(Cost.HOST_SCANNING)).isEqualTo(scanning + 4 * SCANNING);
        assertThat(vm.background().cycles(Cost.BACKING)).isEqualTo(backing + MAPPING);
        collect(tracking);
        assertThat(vm.background().cycles(Cost.HOST_SCANNING)).isEqualTo(scanning + 4 * SCANNING);
        assertThat(vm.background().cycles(Cost.BACKING)).isEqualTo(backing + MAPPING);
    }

    @Test
    void onlyTrapsOfBackedPagesAreItsBusiness() {
        ExitPart tracking = (ExitPart) track(PageSize.SIZE_4K);
        kernel.load(FIRST);
        VirtualCpu cpu = kernel.cpu();
        List<VmExit> exits =
                List.of(
                        new VmExit.Violation(FIRST, -1, SecondLevelMap.WRITE, true, false),
                        new VmExit.Violation(FIRST + PAGE, -1, READ_ONLY, false, false),
                        new VmExit.Hypercall(7, 1, 2, 3),
                        new VmExit.Interrupted(),
                        new VmExit.WriteTrap(FIRST + PAGE, -1, false));
        for (VmExit exit : exits) {
            assertThat(tracking.handle(cpu, exit)).as("%s", exit).isEqualTo(Verdict.NOT_MINE);
        }
        assertThat(peek((DirtyPages) tracking)).isEmpty();
        assertThat(rights(FIRST)).isEqualTo(NO_WRITE);
        vm.exclusively(() ->
                assertThat(tracking.handle(cpu, new VmExit.WriteTrap(FIRST + 8, -1, false)))
                        .isEqualTo(Verdict.RESUME));
        assertThat(peek((DirtyPages) tracking)).containsExactly(FIRST);
    }

    @Test
    void closingGivesTheRightToWriteBack() {
        DirtyPages tracking = track(PageSize.SIZE_4K);
        kernel.load(FIRST);
        withhold(FIRST, NO_FETCH);
        tracking.close();
        tracking.close();
        assertThat(rights(FIRST)).isEqualTo(NO_FETCH);
        touch(2);
        vm.exclusively(() -> vm.memory().write(FIRST + 5 * PAGE, 1));
        assertThat(account.exits(ExitReason.WRITE_TRAP)).isZero();
        assertThat(peek(tracking)).isEmpty();
    }
}
