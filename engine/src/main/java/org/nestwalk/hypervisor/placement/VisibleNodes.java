package org.nestwalk.hypervisor.placement;

import org.nestwalk.InputException;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.topology.VirtualNodes;

/// Shows the guest nodes: its memory is divided equally among virtual ones, each bound to the
/// host's of the same number, so that where the guest puts something, it is.
///
/// @param nodes that the guest sees, at most those of the host
/// @param largest 4 KiB or 2 MiB
public record VisibleNodes(int nodes, PageSize largest) implements BackingPolicy {
    /// Checks that the machine has these nodes, and that each can hold its share.
    @Override
    public void prepare(VirtualMachine vm) {
        int most = Nodes.of(vm).topology().nodes();
        if (nodes < 1 || nodes > most) {
            throw new InputException(
                    "%s: %d nodes for the guest to see; its machine has 1 to %d"
                            .formatted(vm.settings().name(), nodes, most));
        }
        VirtualNodes shares = shares(vm);
        for (int node = 0; node < nodes; node++) {
            Nodes.checkFits(vm, node, shares.bytesOf(node));
        }
    }

    @Override
    public boolean back(VirtualMachine vm, long gpa) {
        NodePlacement placement = Nodes.of(vm);
        int node = shares(vm).nodeOf(gpa);
        return (largest != PageSize.SIZE_4K && placement.populate(gpa, largest, node))
                || placement.populate(gpa, PageSize.SIZE_4K, node);
    }

    private VirtualNodes shares(VirtualMachine vm) {
        return new VirtualNodes(nodes, vm.settings().memoryBytes());
    }
}
