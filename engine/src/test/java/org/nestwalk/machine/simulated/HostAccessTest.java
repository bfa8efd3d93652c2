package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// What a hypervisor can do behind a guest's back, and memory as it sees it.
class HostAccessTest {
    private static final long PAGE = 4096;
    private static final long LARGE = 2 << 20;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 32L << 20)
                            .with(MemoryEncryption.FREE));
    private final HostAccess host = machine.hostAccess();

    private VirtualMachine vm(Protection protection) {
        VirtualMachine vm =
                machine.create(
                        new VmSettings("vm", 2 * LARGE, 1, TranslationMode.NESTED, protection));
        vm.attach((cpu, exit) ->
                exit instanceof VmExit.Violation violation
                        ? Verdict.resumeIf(
                                vm.secondLevel().populate(violation.gpa(), PageSize.SIZE_4K))
                        : Verdict.NOT_MINE);
        return vm;
    }

    private static KernelCpu kernel(VirtualMachine vm) {
        return vm.cpus().getFirst().kernel();
    }

    @Test
    void frameOfAPlainGuestIsReadAndWritten() {
        VirtualMachine vm = vm(Protection.NONE);
        kernel(vm).store(8, 77);
        kernel(vm).store(PAGE - 8, 78);
        long hpa = host.frameOf(vm, 0);
        long[] words = host.read(hpa);
        assertThat(words).hasSize(512);
        assertThat(words[1]).isEqualTo(77);
        assertThat(words[511]).isEqualTo(78);
        words[2] = 79;
        words[511] = 80;
        assertThat(host.write(hpa, words)).isTrue();
        assertThat(kernel(vm).load(16)).isEqualTo(79);
        assertThat(kernel(vm).load(PAGE - 8)).isEqualTo(80);
        assertThat(host.frameOf(vm, LARGE)).isEqualTo(-1);
        machine.closeAndVerify();
    }

    @Test
    void frameOfAnOwnedGuestIsReadButNotWritten() {
        VirtualMachine vm = vm(Protection.OWNED);
        kernel(vm).validate(0, PAGE);
        kernel(vm).store(8, 77);
        long hpa = host.frameOf(vm, 0);
        long[] words = host.read(hpa);
        assertThat(words[1]).isNotEqualTo(77);
        words[1]++;
        assertThat(host.write(hpa, words)).isFalse();
        assertThat(kernel(vm).load(8)).isEqualTo(77);
        host.take(hpa);
        assertThat(host.write(hpa, words)).isTrue();
        assertThat(host.read(hpa)[1]).isEqualTo(words[1]);
        host.assign(hpa, vm, 0);
        assertThatThrownBy(() -> kernel(vm).load(8))
                .isInstanceOf(GuestFailure.class)
                .hasMessageContaining("is not backed by the page that it has validated");
        machine.closeAndVerify();
    }

    @Test
    void remappedPageIsReadAtOnce() {
        VirtualMachine vm = vm(Protection.NONE);
        kernel(vm).store(0, 1);
        kernel(vm).store(PAGE, 2);
        long first = host.frameOf(vm, 0);
        host.remap(vm, 0, host.frameOf(vm, PAGE));
        assertThat(kernel(vm).load(0)).isEqualTo(2);
        host.remap(vm, 0, first);
        assertThat(kernel(vm).load(0)).isEqualTo(1);
        machine.closeAndVerify();
    }

    @Test
    void largePageOwnedPageByPageNoLongerFitsItsMapping() {
        VirtualMachine vm = vm(Protection.OWNED);
        vm.exclusively(() -> vm.secondLevel().populate(LARGE, PageSize.SIZE_2M));
        kernel(vm).validate(LARGE, LARGE);
        kernel(vm).store(LARGE, 1);
        host.smash(host.frameOf(vm, LARGE));
        VmExit[] last = new VmExit[1];
        vm.attach((cpu, exit) -> {
            last[0] = exit;
            vm.secondLevel().split(LARGE);
            return Verdict.RESUME;
        });
        assertThat(kernel(vm).load(LARGE)).isEqualTo(1);
        assertThat(last[0]).isEqualTo(new VmExit.OwnershipViolation(LARGE, -1, true));
        machine.closeAndVerify();
    }

    @Test
    void memoryFromOutsideIsReadWrittenAndCopiedWithinItsBounds() {
        VirtualMachine vm = vm(Protection.NONE);
        vm.exclusively(() -> {
            assertThat(vm.memory().bytes()).isEqualTo(2 * LARGE);
            assertThat(vm.memory().read(LARGE)).isZero();
            assertThat(vm.secondLevel().pageSize(LARGE)).as("reading backs nothing").isNull();
            vm.memory().write(8, 5);
            vm.memory().write(16, 6);
            vm.memory().copy(0, LARGE, 24);
            assertThat(vm.memory().read(LARGE + 8)).isEqualTo(5);
            assertThat(vm.memory().read(LARGE + 16)).isEqualTo(6);
            vm.memory().write(2 * LARGE - 8, 7);
            for (long gpa : new long[] {-8, 2 * LARGE}) {
                assertThatThrownBy(() -> vm.memory().read(gpa))
                        .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> vm.memory().write(gpa, 1))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThatThrownBy(() -> vm.memory().copy(0, 2 * LARGE - 8, 16))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> vm.memory().copy(2 * LARGE - 8, 0, 16))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        });
        machine.closeAndVerify();
    }

    @Test
    void outsideWriteWithoutHostMemoryFails() {
        VirtualMachine vm = vm(Protection.NONE);
        vm.exclusively(() -> {
            vm.memory().write(0, 1);
            List<Long> taken = new ArrayList<>();
            for (long at = machine.host().reserve(PageSize.SIZE_4K);
                    at != -1;
                    at = machine.host().reserve(PageSize.SIZE_4K)) {
                taken.add(at);
            }
            assertThatThrownBy(() -> vm.memory().write(PAGE, 1))
                    .isInstanceOf(GuestFailure.class)
                    .hasMessage("the host has no memory left to back a page");
            taken.forEach(at -> machine.host().release(at, PageSize.SIZE_4K));
        });
        machine.closeAndVerify();
    }

    @Test
    void protectionAsksForAMachineThatHasIt() {
        SimulatedMachine plain =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 32L << 20));
        SimulatedMachine intel =
                new SimulatedMachine(
                        SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 32L << 20)
                                .with(MemoryEncryption.FREE));
        VmSettings nested =
                new VmSettings("a", LARGE, 1, TranslationMode.NESTED, Protection.ENCRYPTED);
        VmSettings shadow =
                new VmSettings("b", LARGE, 1, TranslationMode.SHADOW, Protection.ENCRYPTED);
        assertThatThrownBy(() -> plain.create(nested))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no memory encryption");
        assertThatThrownBy(() -> intel.create(nested))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("AMD's nested page tables");
        assertThatThrownBy(() -> machine.create(shadow))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nested paging only");
        assertThatThrownBy(() -> plain.own(vm(Protection.NONE)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
