package org.nestwalk.hypervisor.dirty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.CollapseSettings;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.HostKhugepaged;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class SplitTrackingTest {
    private static final long MEMORY = 16L << 20;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long LARGE = PageSize.SIZE_2M.bytes();

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 4 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();

    @AfterEach
    void nothingIsLost() {
        machine.checkInvariants();
        machine.closeAndVerify();
    }

    /// Three large pages that hold something, and a region of small ones.
    private void prepare() {
        Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_2M));
        for (long region = 0; region < 3 * LARGE; region += LARGE) {
            kernel.store(region + 8, region);
        }
        vm.exclusively(() -> {
            vm.secondLevel().populate(3 * LARGE, PageSize.SIZE_4K);
            vm.secondLevel().populate(3 * LARGE + PAGE, PageSize.SIZE_4K);
        });
    }

    private static List<Long> collect(DirtyPages tracking) {
        PageSet pages = new PageSet();
        tracking.collect(pages);
        List<Long> found = new ArrayList<>();
        pages.forEach(found::add);
        return found;
    }

    private long large() {
        return vm.secondLevel().backedBytes(PageSize.SIZE_2M) / LARGE;
    }

    private long traps() {
        return vm.cpus().getFirst().account().exits(ExitReason.WRITE_TRAP);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAPS", "RING", "FLAGS", "LOG"})
    void eagerlyAllAreSplitWhenTrackingBeginsAndExactPagesAreReported(DirtySource source) {
        prepare();
        DirtyPages tracking = Splitting.EAGER.track(vm, source);
        assertThat(large()).isZero();
        kernel.store(LARGE + 5 * PAGE, 1);
        kernel.store(3 * LARGE, 1);
        assertThat(collect(tracking)).containsExactly(LARGE + 5 * PAGE, 3 * LARGE);
        kernel.store(LARGE + 6 * PAGE, 1);
        assertThat(collect(tracking)).containsExactly(LARGE + 6 * PAGE);
        tracking.close();
        tracking.close();
        assertThat(large()).as("large again").isEqualTo(3);
        assertThat(kernel.load(2 * LARGE + 8)).isEqualTo(2 * LARGE);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAPS", "RING", "FLAGS", "LOG"})
    void lazilyEachIsSplitAtItsFirstWrite(DirtySource source) {
        prepare();
        DirtyPages tracking = Splitting.LAZY.track(vm, source);
        assertThat(large()).isEqualTo(3);
        kernel.load(2 * LARGE);
        long before = traps();
        kernel.store(LARGE + 5 * PAGE, 1);
        assertThat(large()).isEqualTo(2);
        assertThat(traps() - before).as("one exit for both").isEqualTo(1);
        kernel.store(3 * LARGE + PAGE, 1);
        assertThat(collect(tracking)).containsExactly(LARGE + 5 * PAGE, 3 * LARGE + PAGE);
        kernel.store(LARGE + 7 * PAGE, 1);
        kernel.store(9, 1);
        assertThat(collect(tracking)).containsExactly(0L, LARGE + 7 * PAGE);
        assertThat(large()).isEqualTo(1);
        tracking.close();
        assertThat(large()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAPS", "RING", "FLAGS", "LOG"})
    void unsplitPagesAreReportedAsAWhole(DirtySource source) {
        prepare();
        DirtyPages tracking = Splitting.NONE.track(vm, source);
        kernel.store(LARGE + 5 * PAGE, 1);
        assertThat(collect(tracking)).hasSize(512).contains(LARGE, 2 * LARGE - PAGE);
        assertThat(large()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(names = {"LAZY", "EAGER"})
    void pagesBackedMeanwhileAreSmallAtOnceAndLargeAfterwards(Splitting splitting) {
        prepare();
        for (DirtySource source : vm.dirtySources()) {
            DirtyPages tracking = splitting.track(vm, source);
            kernel.store(5 * LARGE + 3 * PAGE, 1);
            kernel.load(6 * LARGE);
            assertThat(collect(tracking)).as(source.label()).containsExactly(5 * LARGE + 3 * PAGE);
            kernel.store(5 * LARGE + 4 * PAGE, 1);
            assertThat(collect(tracking)).containsExactly(5 * LARGE + 4 * PAGE);
            tracking.close();
            assertThat(large()).isEqualTo(5);
            vm.exclusively(() -> vm.secondLevel().unmap(5 * LARGE, 2 * LARGE));
        }
    }

    @Test
    void nothingIsCollapsedMeanwhile() {
        prepare();
        HostKhugepaged khugepaged =
                new HostKhugepaged(
                        vm,
                        machine.host(),
                        new CollapseSettings(4096, 1_000_000, 1_000_000, 511, 0));
        DirtyPages tracking = Splitting.EAGER.track(vm, DirtySource.LOG);
        khugepaged.tick(3_000_000);
        assertThat(vm.secondLevel().pageSize(3 * LARGE)).isEqualTo(PageSize.SIZE_4K);
        assertThat(vm.exclusively(() -> vm.secondLevel().collapse(3 * LARGE, -1))).isEqualTo(-1);
        tracking.close();
        assertThat(vm.exclusively(() -> vm.secondLevel().collapse(3 * LARGE, -1))).isEqualTo(2);
    }

    @Test
    void pagesAreSmallUntilTheLastTrackerEnds() {
        prepare();
        DirtyPages one = Splitting.EAGER.track(vm, DirtySource.LOG);
        DirtyPages two = Splitting.LAZY.track(vm, DirtySource.TRAPS);
        one.close();
        assertThat(large()).isZero();
        kernel.store(LARGE + PAGE, 1);
        assertThat(collect(two)).containsExactly(LARGE + PAGE);
        two.close();
        assertThat(large()).isEqualTo(3);
    }

    @Test
    void whatIsNotOneBlockAnyMoreStaysSmall() {
        prepare();
        RightsClaim claim = vm.claim((cpu, exit) -> Verdict.STOP);
        DirtyPages tracking = Splitting.EAGER.track(vm, DirtySource.LOG);
        vm.exclusively(() -> {
            vm.secondLevel().unmap(7 * PAGE, PAGE);
            claim.allow(LARGE + PAGE, PAGE, SecondLevelMap.READ);
        });
        tracking.close();
        assertThat(vm.secondLevel().pageSize(0)).isEqualTo(PageSize.SIZE_4K);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_4K);
        assertThat(vm.secondLevel().pageSize(2 * LARGE)).isEqualTo(PageSize.SIZE_2M);
        vm.exclusively(claim::close);
    }

    @Test
    void whatAnHeirHasTooStaysAsItIs() {
        prepare();
        DirtyPages tracking = Splitting.EAGER.track(vm, DirtySource.LOG);
        FrozenMemory frozen = vm.freeze();
        VirtualMachine heir = frozen.fork("heir");
        Hypervisor.start(heir, new FirstTouch(PageSize.SIZE_2M));
        kernel.store(LARGE + PAGE, 7);
        assertThat(collect(tracking)).contains(LARGE + PAGE);
        tracking.close();
        assertThat(kernel.load(LARGE + PAGE)).isEqualTo(7);
        KernelCpu theirs = heir.cpus().getFirst().kernel();
        assertThat(theirs.load(LARGE + PAGE)).isZero();
        assertThat(theirs.load(2 * LARGE + 8)).isEqualTo(2 * LARGE);
        heir.close();
        frozen.close();
    }

    @Test
    void anHeirIsTrackedInSmallPagesToo() {
        prepare();
        FrozenMemory frozen = vm.freeze();
        VirtualMachine heir = frozen.fork("heir");
        Hypervisor.start(heir, new FirstTouch(PageSize.SIZE_2M));
        KernelCpu theirs = heir.cpus().getFirst().kernel();
        for (Splitting splitting : List.of(Splitting.LAZY, Splitting.EAGER)) {
            DirtyPages tracking = splitting.track(heir, DirtySource.LOG);
            DirtyPages parents = splitting.track(vm, DirtySource.TRAPS);
            theirs.store(LARGE + 3 * PAGE, 1);
            theirs.load(2 * LARGE);
            kernel.store(2 * LARGE + 3 * PAGE, 1);
            assertThat(collect(tracking)).containsExactly(LARGE + 3 * PAGE);
            assertThat(collect(parents)).containsExactly(2 * LARGE + 3 * PAGE);
            tracking.close();
            parents.close();
        }
        heir.close();
        frozen.close();
    }

    @Test
    void sourceThatThereIsNotLeavesNothingBehind() {
        prepare();
        assertThatThrownBy(() -> Splitting.EAGER.track(vm, DirtySource.HOST_RING))
                .isInstanceOf(UnsupportedOperationException.class);
        VirtualMachine other =
                machine.create(new VmSettings("shadow", MEMORY, 1, TranslationMode.SHADOW));
        Hypervisor.start(other, new FirstTouch(PageSize.SIZE_2M));
        other.cpus().getFirst().kernel().store(8, 1);
        assertThatThrownBy(() -> Splitting.EAGER.track(other, DirtySource.LOG))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(other.secondLevel().pageSize(0)).isEqualTo(PageSize.SIZE_2M);
        other.cpus().getFirst().kernel().store(16, 1);
    }

    @Test
    void labelsNameThem() {
        assertThat(Splitting.labels()).containsExactly("none", "lazy", "eager");
        assertThat(Splitting.of("lazy")).isEqualTo(Splitting.LAZY);
        assertThatThrownBy(() -> Splitting.of("never"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
