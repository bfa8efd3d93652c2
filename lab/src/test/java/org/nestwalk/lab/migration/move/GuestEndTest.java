package org.nestwalk.lab.migration.move;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestProcess;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.snapshot.SavedPrograms;
import org.nestwalk.lab.snapshot.SnapshotHost;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

class GuestEndTest {
    private static final long MEMORY = 16L << 20;

    @Test
    void whatHasEndedBeforeTheGuestMovesIsNotToldByTheOtherSide() {
        SnapshotHost host = new SnapshotHost(Machines.named("skylake-sp").model());
        try (Machine machine = host.open(MEMORY, KvmSettings.PLAIN);
                VirtualMachine vm =
                        machine.create(
                                new VmSettings("guest", MEMORY, 2, TranslationMode.NESTED))) {
            Hypervisor _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
            GuestKernel kernel =
                    new GuestKernel(vm, KernelSettings.of(PagePolicy.SMALL, SoftwareCosts.NONE));
            GuestProgram guest = SavedPrograms.named("gups:footprint=64KiB,accesses=1k", 2);
            GuestProcess process = kernel.start(0, guest.name(), guest.areas());
            Task first = kernel.run(process, guest.task(0), _ -> guest.openCopy(0), 0);
            Task second = kernel.run(process, guest.task(1), _ -> guest.openCopy(1), 1);

            assertThat(GuestEnd.tasks(kernel)).containsExactly(first, second);
            var _ = kernel.slice(0, 10_000);

            assertThat(first.state()).isEqualTo(Task.State.FINISHED);
            assertThat(GuestEnd.tasks(kernel)).isEqualTo(List.of(second));
            kernel.close();
        }
    }
}
