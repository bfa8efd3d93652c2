package org.nestwalk.hypervisor.placement;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.topology.NodePlacement;

/// Backs each page when it is first touched, on the nodes in turn by its address (`MPOL_INTERLEAVE`
/// of Linux's `mbind`); on the next node that has memory if its own has none.
///
/// @param largest 4 KiB or 2 MiB; also what is given to one node before the next
public record Interleave(PageSize largest) implements BackingPolicy {
    @Override
    public void prepare(VirtualMachine vm) {
        Nodes.of(vm);
    }

    @Override
    public boolean back(VirtualMachine vm, long gpa) {
        NodePlacement placement = Nodes.of(vm);
        int nodes = placement.topology().nodes();
        int first = (int) ((gpa >>> largest.shift()) % nodes);
        for (PageSize size = largest; ; size = PageSize.SIZE_4K) {
            for (int i = 0; i < nodes; i++) {
                if (placement.populate(gpa, size, (first + i) % nodes)) {
                    return true;
                }
            }
            if (size == PageSize.SIZE_4K) {
                return false;
            }
        }
    }
}
