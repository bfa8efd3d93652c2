package org.nestwalk.hypervisor.placement;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.topology.NodePlacement;

/// Every node on which there is a CPU has a copy of the second-level tables, and CPUs walk that of
/// their node.
///
/// Source: Achermann et al., "Mitosis: transparently self-replicating page-tables for large-memory
/// machines", ASPLOS 2020.
public record TableReplication() implements TablePolicy {
    @Override
    public void settle(VirtualMachine vm) {
        NodePlacement placement = Nodes.of(vm);
        List<Integer> nodes = new ArrayList<>();
        nodes.add(Nodes.mostCpus(vm));
        for (int cpu = 0; cpu < vm.settings().cpus(); cpu++) {
            if (!nodes.contains(placement.nodeOfCpu(cpu))) {
                nodes.add(placement.nodeOfCpu(cpu));
            }
        }
        if (!placement.tableNodes().equals(nodes)) {
            placement.replicateTables(nodes);
        }
    }
}
