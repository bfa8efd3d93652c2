package org.nestwalk.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.MachineModel.SecondLevelFormat;

class HypervisorTest {
    private static final long MEMORY = 16L << 20;
    private static final int LOG = 512;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.EPT_AD), 2 * MEMORY));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 1, TranslationMode.NESTED));
    private final Hypervisor hypervisor = new Hypervisor(vm, new Eager(PageSize.SIZE_4K));

    @Test
    void aFullLogThatNobodyTakesIsNotDropped() {
        vm.exclusively(() -> vm.secondLevel().logWrites(true));
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        assertThatThrownBy(
                        () -> {
                            for (int page = 0; page <= LOG; page++) {
                                kernel.store(page * 4096L, 1);
                            }
                        })
                .isInstanceOf(UnhandledExit.class);
        List<Long> logged = new ArrayList<>();
        vm.exclusively(() -> vm.cpus().getFirst().drainLog(logged::add));
        assertThat(logged).hasSize(LOG).doesNotHaveDuplicates();
    }

    @Test
    void aFullLogIsTakenByWhoeverAskedForIt() {
        WriteLogging logging = new WriteLogging(vm, hypervisor);
        KernelCpu kernel = vm.cpus().getFirst().kernel();
        logging.arm();
        for (int page = 0; page < 2 * LOG + 1; page++) {
            kernel.store(page * 4096L, 1);
        }
        assertThat(logging.dirtyPages()).isEqualTo(2 * LOG + 1);
        assertThat(hypervisor.handle(vm.cpus().getFirst(), new VmExit.LogFull())).isFalse();
    }
}
