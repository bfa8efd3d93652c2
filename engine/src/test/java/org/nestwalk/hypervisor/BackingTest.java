package org.nestwalk.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// [Hypervisor], [Eager], [FirstTouch] and [Misaligned].
class BackingTest {
    private static final long MEMORY = 8L << 20;
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 16L << 20));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    private final KernelCpu kernel = vm.cpus().getFirst().kernel();

    private final Taken taken = new Taken(machine.host());

    @AfterEach
    void nothingIsLost() {
        taken.giveAll();
        machine.closeAndVerify();
    }

    private void backBy(BackingPolicy policy) {
        var _ = Hypervisor.start(vm, policy);
    }

    private long backed(PageSize size) {
        return vm.secondLevel().backedBytes(size);
    }

    @Test
    void firstTouchBacksTheWholeRangeWhereNothingIsBacked() {
        backBy(new FirstTouch(PageSize.SIZE_2M));
        kernel.store(LARGE + 5 * SMALL, 1);
        assertThat(backed(PageSize.SIZE_2M)).isEqualTo(LARGE);
        vm.exclusively(() -> vm.secondLevel().unmap(LARGE, SMALL));
        kernel.store(LARGE, 1);
        assertThat(backed(PageSize.SIZE_2M)).as("part of it is backed").isZero();
        assertThat(backed(PageSize.SIZE_4K)).isEqualTo(LARGE);
    }

    @Test
    void firstTouchBacksASmallPageWhereNoBlockIsFree() {
        backBy(new FirstTouch(PageSize.SIZE_2M));
        taken.leave(8);
        kernel.store(LARGE, 1);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_4K);
    }

    @Test
    void hostThatHasNoMemoryFailsTheGuest() {
        backBy(new FirstTouch(PageSize.SIZE_4K));
        kernel.store(0, 1);
        taken.leave(1);
        kernel.store(SMALL, 1);
        assertThatThrownBy(() -> kernel.store(2 * SMALL, 1))
                .isInstanceOfSatisfying(
                        GuestFailure.class,
                        failure ->
                                assertThat(failure.failure().cause())
                                        .isEqualTo(VmExit.Cause.HOST_OUT_OF_MEMORY));
    }

    @Test
    void eagerBacksAllMemoryOnceAndForAll() {
        vm.exclusively(() -> vm.secondLevel().populate(LARGE, PageSize.SIZE_4K));
        backBy(new Eager(PageSize.SIZE_2M));
        assertThat(backed(PageSize.SIZE_2M)).isEqualTo(MEMORY - LARGE);
        assertThat(backed(PageSize.SIZE_4K)).isEqualTo(LARGE);
        kernel.store(MEMORY - 8, 1);
    }

    @Test
    void eagerBacksAgainWhatWasTakenAway() {
        backBy(new Eager(PageSize.SIZE_2M));
        vm.exclusively(() -> vm.secondLevel().unmap(LARGE, LARGE));
        kernel.store(LARGE, 1);
        assertThat(backed(PageSize.SIZE_2M)).isEqualTo(MEMORY);
    }

    @Test
    void eagerSaysHowMuchTheHostCouldBack() {
        // Three tables and one page.
        taken.leave(4);
        assertThatThrownBy(() -> backBy(new Eager(PageSize.SIZE_4K)))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "the host's memory backs only %d of %d bytes of vm",
                        backed(PageSize.SIZE_4K), MEMORY);
        assertThat(backed(PageSize.SIZE_4K)).isPositive();
    }

    @Test
    void misalignedMemoryHasSmallPagesOnly() {
        backBy(new Misaligned());
        kernel.store(LARGE + 7 * SMALL, 1);
        assertThat(backed(PageSize.SIZE_4K)).isEqualTo(LARGE);
        assertThat(backed(PageSize.SIZE_2M)).isZero();
        vm.exclusively(() -> vm.secondLevel().unmap(LARGE + 9 * SMALL, SMALL));
        kernel.store(LARGE + 9 * SMALL, 1);
        assertThat(backed(PageSize.SIZE_4K)).isEqualTo(LARGE);
    }

    @Test
    void misalignedMemoryThatRunsOutBacksWhatItCan() {
        backBy(new Misaligned());
        kernel.store(0, 1);
        taken.leave(3);
        // Its table, and the first two pages of the range.
        kernel.store(LARGE + SMALL, 1);
        assertThat(vm.secondLevel().pageSize(LARGE + 2 * SMALL)).isNull();
        assertThatThrownBy(() -> kernel.store(LARGE + 2 * SMALL, 1))
                .isInstanceOf(GuestFailure.class);
    }

    @Test
    void onlyWhatIsTheHypervisorsBusinessIsHandled() {
        Hypervisor hypervisor = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        assertThat(handles(hypervisor, new VmExit.Violation(0, -1, 1, true, false)))
                .isEqualTo(Verdict.NOT_MINE);
        assertThat(handles(hypervisor, new VmExit.Violation(0, -1, 1, false, false)))
                .isEqualTo(Verdict.RESUME);
        assertThat(backed(PageSize.SIZE_4K)).isEqualTo(SMALL);
        assertThat(handles(hypervisor, new VmExit.WriteTrap(0, -1, false)))
                .isEqualTo(Verdict.NOT_MINE);
        assertThat(handles(hypervisor, new VmExit.Misconfiguration(0))).isEqualTo(Verdict.NOT_MINE);
        assertThat(handles(hypervisor, new VmExit.Interrupted())).isEqualTo(Verdict.NOT_MINE);
        assertThat(handles(hypervisor, new VmExit.ProgramEnd())).isEqualTo(Verdict.NOT_MINE);
        assertThat(handles(hypervisor, new VmExit.OwnershipViolation(0, -1, false)))
                .isEqualTo(Verdict.STOP);
        assertThat(handles(hypervisor, new VmExit.Hypercall(0, 0, 0, 0)))
                .isEqualTo(Verdict.NOT_MINE);
        assertThat(handles(hypervisor, new VmExit.Failure(VmExit.Cause.SEGMENTATION_FAULT, "")))
                .isEqualTo(Verdict.NOT_MINE);
    }

    private Verdict handles(Hypervisor hypervisor, VmExit exit) {
        return hypervisor.handle(vm.cpus().getFirst(), exit);
    }

    @Test
    void pageOwnedPieceByPieceIsSplit() {
        Hypervisor hypervisor = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_2M));
        kernel.store(LARGE, 1);
        assertThat(handles(hypervisor, new VmExit.OwnershipViolation(LARGE, -1, false)))
                .isEqualTo(Verdict.STOP);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_2M);
        assertThat(handles(hypervisor, new VmExit.OwnershipViolation(LARGE, -1, true)))
                .isEqualTo(Verdict.RESUME);
        assertThat(vm.secondLevel().pageSize(LARGE)).isEqualTo(PageSize.SIZE_4K);
    }

    @Test
    void callIsAnsweredByItsServiceAndNoOther() {
        Hypervisor hypervisor = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        hypervisor.serve(3, (cpu, first, second, third) -> first - second * third);
        assertThat(kernel.hypercall(3, 100, 7, 9)).isEqualTo(37);
        assertThat(kernel.hypercall(4, 100, 7, 9)).isEqualTo(KernelCpu.NO_SUCH_CALL);
    }
}
