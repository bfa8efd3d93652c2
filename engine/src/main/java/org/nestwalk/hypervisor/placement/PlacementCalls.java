package org.nestwalk.hypervisor.placement;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.topology.NodePlacement;

/// Answers guests that see no nodes and ask where their CPUs are, and for pages there: the
/// para-virtualised way to place guests' page tables of Panwar et al., "Fast local page-tables for
/// virtualized NUMA servers with vMitosis", ASPLOS 2021.
///
/// @see Hypercalls#NODE_OF_CPU
/// @see Hypercalls#PLACE_PAGES
public final class PlacementCalls {
    private static final long MOST_BYTES = PageSize.SIZE_2M.bytes();

    private final VirtualMachine vm;
    private final NodePlacement placement;

    /// Starts answering the calls of the guest of `vm`.
    ///
    /// @throws org.nestwalk.InputException if its machine has no nodes
    public PlacementCalls(VirtualMachine vm, Hypervisor hypervisor) {
        this.vm = vm;
        this.placement = Nodes.of(vm);
        hypervisor.serve(
                Hypercalls.NODE_OF_CPU,
                (cpu, first, second, third) -> placement.nodeOfCpu(cpu.index()));
        hypervisor.serve(Hypercalls.PLACE_PAGES, this::place);
    }

    private long place(VirtualCpu cpu, long gpa, long bytes, long node) {
        long page = PageSize.SIZE_4K.bytes();
        if (((gpa | bytes) & page - 1) != 0
                || gpa < 0
                || bytes <= 0
                || bytes > MOST_BYTES
                || gpa > vm.settings().memoryBytes() - bytes
                || node < 0
                || node >= placement.topology().nodes()) {
            return KernelCpu.NO_SUCH_CALL;
        }
        long there = 0;
        for (long at = gpa; at < gpa + bytes; at += page) {
            there += isPut(at, page, (int) node) ? page : 0;
        }
        return there;
    }

    private boolean isPut(long gpa, long bytes, int node) {
        return placement.nodeOf(gpa) == node
                || placement.populate(gpa, PageSize.SIZE_4K, node)
                || placement.migrate(gpa, bytes, node) == 1;
    }
}
