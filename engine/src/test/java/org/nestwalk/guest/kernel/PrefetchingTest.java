package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.prefetch.PrefetchSettings;
import org.nestwalk.hypervisor.prefetch.Prefetcher;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit.Cause;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Programs that ask for their memory, and that of the hypervisor behind it, before they use it.
class PrefetchingTest {
    private static final long MIB = 1 << 20;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 64 * MIB));

    private VirtualMachine newVm(long bytes, boolean served) {
        VirtualMachine vm = machine.create(new VmSettings("vm", bytes, 1, TranslationMode.NESTED));
        Hypervisor hypervisor = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_2M));
        if (served) {
            hypervisor.serve(
                    Hypercalls.PREFETCH_PAGES,
                    new Prefetcher(vm, machine.host(), PrefetchSettings.DEFAULT, 1000));
        }
        return vm;
    }

    private static Task run(VirtualMachine vm, PagePolicy pages, Program program) {
        GuestKernel kernel = new GuestKernel(vm, Guest.settings(pages));
        Task task = Guest.start(kernel, program, 0);
        boolean more = true;
        while (more) {
            more = kernel.slice(0, 1000) instanceof Slice.More;
        }
        kernel.close();
        assertThat(kernel.isAllFree()).isTrue();
        return task;
    }

    private static Program arena(String populate) {
        return ProgramSpec.parse(
                "arena:footprint=4MiB,arena=1MiB,accesses=100k,populate=" + populate);
    }

    @AfterEach
    void nothingIsLost() {
        machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource(PagePolicy.class)
    void programsEndAsOnPlainMemory(PagePolicy pages) {
        Guest.assertPlain(run(newVm(32 * MIB, true), pages, arena("prefetch")), arena("prefetch"));
    }

    @Test
    void aHypervisorThatKnowsNoSuchCallBacksWhatIsTouched() {
        Program program = arena("prefetch");
        Guest.assertPlain(run(newVm(32 * MIB, false), PagePolicy.SMALL, program), program);
    }

    @ParameterizedTest
    @CsvSource({"yes", "prefetch"})
    void neitherTheKernelNorTheProgramLeavesTheGuestForPrefetchedMemory(String populate) {
        VirtualMachine vm =
                machine.create(new VmSettings("vm", 32 * MIB, 1, TranslationMode.NESTED));
        Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K))
                .serve(
                        Hypercalls.PREFETCH_PAGES,
                        new Prefetcher(vm, machine.host(), PrefetchSettings.DEFAULT, 1000));
        run(vm, PagePolicy.SMALL, arena(populate));
        Account account = vm.cpus().getFirst().account();
        if (populate.equals("prefetch")) {
            // Page tables and other memory of the kernel are not announced.
            assertThat(account.exits(ExitReason.VIOLATION)).isLessThan(20);
            assertThat(account.exits(ExitReason.HYPERCALL)).isBetween(4L, 40L);
        } else {
            assertThat(account.exits(ExitReason.VIOLATION)).isGreaterThan(1000);
        }
    }

    @Test
    void framesGoBackIfThereAreTooFew() {
        Program program =
                ProgramSpec.parse("arena:footprint=8MiB,arena=8MiB,accesses=10k,populate=prefetch");
        Task task = run(newVm(4 * MIB, true), PagePolicy.SMALL, program);
        assertThat(Guest.assertFailed(task, Cause.GUEST_OUT_OF_MEMORY))
                .contains("no free memory left");
    }
}
