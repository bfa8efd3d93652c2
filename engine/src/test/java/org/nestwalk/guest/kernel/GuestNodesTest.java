package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.hypervisor.placement.PlacementCalls;
import org.nestwalk.hypervisor.placement.VisibleNodes;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.cache.MemoryDelay;

/// Two CPUs on nodes 0 and 1, whose program has a task on each.
class GuestNodesTest {
    private static final long MEMORY = 256 * Guest.MIB;
    private static final KernelSettings PLAIN = Guest.settings(PagePolicy.SMALL);
    private static final Program PROGRAM =
            Guest.program("gups:footprint=16MiB,accesses=40k,seed=3");

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Machines.model(), 2 * (MEMORY + 64 * Guest.MIB))
                            .withTopology(Topology.of(2, 2)));
    private final VirtualMachine vm =
            machine.create(new VmSettings("vm", MEMORY, 2, TranslationMode.NESTED));
    private final NodePlacement nodes = vm.placement().orElseThrow();

    GuestNodesTest() {
        vm.exclusively(() -> nodes.moveCpu(1, 1));
    }

    /// Runs the program on both CPUs and returns, for each, the remote part of its references to
    /// guest tables.
    private double[] remoteTables(KernelSettings settings, BackingPolicy backing) {
        Hypervisor hypervisor = Hypervisor.start(vm, backing);
        var _ = new PlacementCalls(vm, hypervisor);
        GuestKernel kernel = new GuestKernel(vm, settings);
        double[] parts = new double[2];
        GuestProcess shared =
                kernel.start(0, "both", List.of(Vma.around(PROGRAM.base(), PROGRAM.footprint())));
        kernel.run(shared, PROGRAM.open(), 0);
        kernel.run(shared, PROGRAM.open(), 1);
        boolean more = true;
        while (more) {
            more = kernel.slice(0, 1000) instanceof Slice.More;
            more |= kernel.slice(1, 1000) instanceof Slice.More;
        }
        for (int cpu = 0; cpu < 2; cpu++) {
            int kind = MemoryDelay.GUEST_TABLE;
            parts[cpu] =
                    (double) nodes.counts(cpu).remote(kind) / nodes.counts(cpu).references(kind);
        }
        kernel.close();
        machine.closeAndVerify();
        return parts;
    }

    @Test
    void anObliviousGuestsTablesAreWhereTheyWereTouched() {
        double[] remote = remoteTables(PLAIN, new FirstTouch(PageSize.SIZE_4K));
        assertThat(remote[0] + remote[1]).isGreaterThan(0.5);
    }

    @Test
    void aGuestThatSeesNodesHasATableForEach() {
        KernelSettings settings = PLAIN.with(NumaSettings.visible(List.of(0, 1)).withTableCopies());
        double[] remote = remoteTables(settings, new VisibleNodes(2, PageSize.SIZE_4K));
        assertThat(remote).containsExactly(0, 0);
        assertThat(vm.cpus().getFirst().account().cycles(Cost.TABLE_COPIES)).isPositive();
    }

    @Test
    void aGuestThatAsksHasATableForEach() {
        KernelSettings settings = PLAIN.with(NumaSettings.paravirtual().withTableCopies());
        double[] remote = remoteTables(settings, new FirstTouch(PageSize.SIZE_4K));
        assertThat(remote).containsExactly(0, 0);
    }

    @Test
    void aGuestThatSeesNodesTakesMemoryOfItsCpusNode() {
        var _ = Hypervisor.start(vm, new VisibleNodes(2, PageSize.SIZE_4K));
        GuestKernel kernel = new GuestKernel(vm, PLAIN.with(NumaSettings.visible(List.of(0, 1))));
        long free = nodes.freeBytes(1);
        GuestProcess process =
                kernel.start(1, "gups", List.of(Vma.around(PROGRAM.base(), PROGRAM.footprint())));
        Task task = kernel.run(process, PROGRAM.open(), 1);
        while (kernel.slice(1, 1000) instanceof Slice.More) {
            // To the end.
        }
        Guest.assertPlain(task, PROGRAM);
        assertThat(free - nodes.freeBytes(1)).isGreaterThan(15 * Guest.MIB);
        assertThat(nodes.counts(1).remote(MemoryDelay.DATA)).isZero();
        kernel.close();
        machine.closeAndVerify();
    }

    @Test
    void badArgumentsOfHypercallsAreRefused() {
        var _ = new PlacementCalls(vm, Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K)));
        KernelCpu cpu = vm.cpus().get(1).kernel();
        assertThat(cpu.hypercall(Hypercalls.NODE_OF_CPU, 0, 0, 0)).isEqualTo(1);
        assertThat(cpu.hypercall(Hypercalls.PLACE_PAGES, 0x5000, 0x1000, 0)).isEqualTo(0x1000);
        assertThat(nodes.nodeOf(0x5000)).isZero();
        long[][] bad = {
            {0x5001, 0x1000, 0},
            {0x5000, 0, 0},
            {0x5000, -0x1000, 0},
            {0x5000, 0x40_0000, 0},
            {-0x1000, 0x1000, 0},
            {MEMORY, 0x1000, 0},
            {0x5000, 0x1000, 2},
            {0x5000, 0x1000, -1},
            {0x5000, 0x1000, Long.MIN_VALUE},
        };
        for (long[] call : bad) {
            assertThat(cpu.hypercall(Hypercalls.PLACE_PAGES, call[0], call[1], call[2]))
                    .isEqualTo(KernelCpu.NO_SUCH_CALL);
        }
    }

    @Test
    void aGuestThatAsksNeedsAnAnswer() {
        var _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        assertThatThrownBy(() -> new GuestKernel(vm, PLAIN.with(NumaSettings.paravirtual())))
                .isInstanceOf(InputException.class)
                .hasMessage("the hypervisor does not tell the guest its CPUs' nodes");
    }

    @Test
    void badSettingsAreNamed() {
        assertThatThrownBy(() -> NumaSettings.visible(List.of()))
                .isInstanceOf(InputException.class);
        assertThatThrownBy(() -> NumaSettings.visible(List.of(0, -1)))
                .hasMessageContaining("no virtual node -1; a guest has nodes 0 to 63");
        assertThatThrownBy(NumaSettings.NONE::withTableCopies)
                .hasMessage("a guest that knows no nodes cannot copy tables to them");
        assertThatThrownBy(() ->
                        new GuestKernel(vm, PLAIN.with(NumaSettings.visible(List.of(0, 0, 1)))))
                .hasMessage("3 CPUs have virtual nodes; the guest has 2");
    }
}
