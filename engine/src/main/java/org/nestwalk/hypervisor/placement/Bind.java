package org.nestwalk.hypervisor.placement;

import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackingPolicy;
import org.nestwalk.machine.VirtualMachine;

/// Backs each page when it is first touched with memory of one node and no other (`MPOL_BIND` of
/// Linux's `mbind`).
///
/// @param node which
/// @param largest 4 KiB or 2 MiB
public record Bind(int node, PageSize largest) implements BackingPolicy {
    /// Checks that the node can hold all of the virtual machine's memory.
    @Override
    public void prepare(VirtualMachine vm) {
        Nodes.checkFits(vm, node, vm.settings().memoryBytes());
    }

    @Override
    public boolean back(VirtualMachine vm, long gpa) {
        return (largest != PageSize.SIZE_4K && Nodes.of(vm).populate(gpa, largest, node))
                || Nodes.of(vm).populate(gpa, PageSize.SIZE_4K, node);
    }
}
