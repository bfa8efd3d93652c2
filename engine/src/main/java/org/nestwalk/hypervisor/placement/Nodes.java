package org.nestwalk.hypervisor.placement;

import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.topology.NodePlacement;

/// What policies ask about the nodes of a virtual machine.
final class Nodes {
    private Nodes() {}

    /// Where `vm` is.
    ///
    /// @throws InputException if its machine has no nodes
    static NodePlacement of(VirtualMachine vm) {
        return vm.placement()
                .orElseThrow(() ->
                        new InputException(
                                "%s: its machine has no NUMA nodes to place memory on"
                                        .formatted(vm.settings().name())));
    }

    /// Checks that `node` has `bytes` free.
    ///
    /// @throws InputException if it has not, or there is no such node
    static void checkFits(VirtualMachine vm, int node, long bytes) {
        long free = of(vm).freeBytes(node);
        if (bytes > free) {
            throw new InputException(
                    "%s: %s of its memory do not fit on node %d, which has %s free"
                            .formatted(
                                    vm.settings().name(),
                                    Quantities.formatSize(bytes),
                                    node,
                                    Quantities.formatSize(free)));
        }
    }

    /// The node that most CPUs of `vm` are on; of equals the lowest.
    static int mostCpus(VirtualMachine vm) {
        NodePlacement placement = of(vm);
        int[] cpus = new int[placement.topology().nodes()];
        int most = 0;
        for (int cpu = 0; cpu < vm.settings().cpus(); cpu++) {
            cpus[placement.nodeOfCpu(cpu)]++;
        }
        for (int node = 1; node < cpus.length; node++) {
            if (cpus[node] > cpus[most]) {
                most = node;
            }
        }
        return most;
    }
}
