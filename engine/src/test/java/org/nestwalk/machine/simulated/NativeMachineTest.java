package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// A kernel that owns the machine: its memory is the host's, from address 0.
class NativeMachineTest {
    private static final long MIB = 1 << 20;
    private static final long HOST = 12 * MIB;
    private static final long GVA = 0x80_0000_0000L;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), HOST));

    private VirtualMachine create(String name, long bytes, TranslationMode mode) {
        return machine.create(new VmSettings(name, bytes, 2, mode));
    }

    private VirtualMachine kernel(long bytes) {
        return create("native", bytes, TranslationMode.NATIVE);
    }

    @Test
    void kernelHasTheLowestMemoryAndNoMore() {
        for (long bytes : new long[] {2 * MIB, 4 * MIB, 6 * MIB, HOST}) {
            SimulatedMachine own = new SimulatedMachine(machine.settings());
            VirtualMachine vm =
                    own.create(new VmSettings("native", bytes, 1, TranslationMode.NATIVE));
            assertThat(own.host().freeBytes()).isEqualTo(HOST - bytes);
            FrameOwners owners = own.frames().owners();
            assertThat(FrameOwners.gpa(owners.of(bytes - 4096))).isEqualTo(bytes - 4096);
            if (bytes < HOST) {
                assertThat(owners.of(bytes)).isZero();
            }
            assertThat(vm.placement()).isEmpty();
            vm.close();
            assertThat(own.host().freeBytes()).isEqualTo(HOST);
            own.closeAndVerify();
        }
    }

    @Test
    void kernelThatWantsMoreThanThereIsIsRefused() {
        assertThatThrownBy(() -> kernel(HOST + 2 * MIB))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "native needs %d bytes of contiguous memory from address 0, which the host"
                                + " does not have",
                        HOST + 2 * MIB);
        SimulatedMachine broken =
                new SimulatedMachine(
                        machine.settings().withFragmentation(Fragmentation.parse("1:random"), 2));
        assertThatThrownBy(() ->
                        broken.create(new VmSettings("native", 4 * MIB, 1, TranslationMode.NATIVE)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("contiguous memory");
    }

    @Test
    void kernelIsAlone() {
        VirtualMachine guest = create("guest", 2 * MIB, TranslationMode.NESTED);
        assertThatThrownBy(() -> kernel(2 * MIB))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("runs one kernel only");
        guest.close();
        VirtualMachine own = kernel(2 * MIB);
        assertThatThrownBy(() -> create("guest", 2 * MIB, TranslationMode.NESTED))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("runs one kernel only");
        own.close();
        own.close();
        machine.closeAndVerify();
    }

    @Test
    void kernelHasNoHypervisor() {
        VirtualMachine vm = kernel(4 * MIB);
        assertThatThrownBy(vm::secondLevel).isInstanceOf(UnsupportedOperationException.class);
        assertThat(vm.cpus().getFirst().kernel().hypercall(1, 2, 3, 4))
                .isEqualTo(KernelCpu.NO_SUCH_CALL);
        assertThat(vm.dirtySources()).isEmpty();
        assertThatThrownBy(() -> vm.trackDirty(DirtySource.LOG))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> vm.claim((cpu, exit) -> Verdict.STOP))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(vm.cpus().getFirst().account().exits()).isZero();
        machine.closeAndVerify();
    }

    /// The program's page is mapped by the kernel when it faults, and forgotten when it says so.
    @Test
    void programRunsOnTheKernelsTables() {
        VirtualMachine vm = kernel(4 * MIB);
        VirtualCpu cpu = vm.cpus().getFirst();
        KernelCpu kernel = cpu.kernel();
        List<Long> codes = new ArrayList<>();
        kernel.store(0x1000 + 8, 0x2007);
        kernel.store(0x2000, 0x3007);
        kernel.store(0x3000, 0x4007);
        kernel.loadCr3(0x1000, false);
        vm.onException((self, gva, code) -> {
            codes.add(code);
            self.store(0x4000 + 8 * (gva >> 12 & 511), 0x10_0007 | gva >> 12 << 12 & 0xf_f000);
        });
        long[] accesses = {
            Access.pack(Access.STORE, GVA + 0x5008), Access.pack(Access.LOAD, GVA + 0x5008)
        };
        assertThat(cpu.run(accesses, 0, 2)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(codes).containsExactly(6L);
        assertThat(machine.frames().contents().read(0x10_5008)).isEqualTo(Checksum.value(0));
        assertThat(cpu.state().checksum())
                .isEqualTo(Checksum.fold(Checksum.START, Checksum.value(0)));
        kernel.store(0x4000 + 8 * 5, 0x20_0007);
        kernel.store(0x20_0008, 77);
        cpu.setProgram(0, Checksum.START);
        cpu.run(accesses, 1, 2);
        assertThat(cpu.state().checksum())
                .as("still cached")
                .isEqualTo(Checksum.fold(Checksum.START, Checksum.value(0)));
        kernel.loadCr3(0x1000, true);
        cpu.setProgram(0, Checksum.START);
        cpu.run(accesses, 1, 2);
        assertThat(cpu.state().checksum())
                .as("and kept")
                .isEqualTo(Checksum.fold(Checksum.START, Checksum.value(0)));
        kernel.invlpg(GVA + 0x5000);
        cpu.setProgram(0, Checksum.START);
        cpu.run(accesses, 1, 2);
        assertThat(cpu.state().checksum()).isEqualTo(Checksum.fold(Checksum.START, 77));
        kernel.store(0x4000 + 8 * 5, 0x10_5007);
        kernel.loadCr3(0x1000, false);
        cpu.setProgram(0, Checksum.START);
        cpu.run(accesses, 1, 2);
        assertThat(cpu.state().checksum())
                .isEqualTo(Checksum.fold(Checksum.START, Checksum.value(0)));
        assertThat(cpu.account().exits()).as("nobody to exit to").isZero();
        machine.closeAndVerify();
    }

    @Test
    void hostMemorySaysWhatItHas() {
        assertThat(machine.host().bytes()).isEqualTo(HOST);
        assertThat(machine.host().freeBlocks(PageSize.SIZE_2M)).isEqualTo(6);
        assertThat(machine.host().freeBlocks(PageSize.SIZE_1G)).isZero();
        assertThat(machine.host().unusableIndex(PageSize.SIZE_2M)).isZero();
        assertThat(machine.host().unusableIndex(PageSize.SIZE_1G)).isEqualTo(1);
        assertThat(machine.host().reserve(PageSize.SIZE_1G)).isEqualTo(-1);
        long page = machine.host().reserve(PageSize.SIZE_4K);
        assertThat(machine.host().freeBlocks(PageSize.SIZE_2M)).isEqualTo(5);
        assertThat(machine.host().unusableIndex(PageSize.SIZE_2M)).isEqualTo(511.0 / (6 * 512 - 1));
        machine.frames().contents().write(page + 8, 5);
        machine.host().release(page, PageSize.SIZE_4K);
        assertThat(machine.frames().contents().read(page + 8)).as("given back empty").isZero();
        try (VirtualMachine all = kernel(HOST)) {
            assertThat(machine.host().unusableIndex(PageSize.SIZE_2M)).isEqualTo(1);
            assertThat(all.cpus()).hasSize(2);
        }
        machine.closeAndVerify();
    }
}
