package org.nestwalk.hypervisor.placement;

import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.topology.NodePlacement;

/// Second-level tables follow the CPUs: all of them are on the node that most CPUs are on.
///
/// Source: Panwar et al., "Fast local page-tables for virtualized NUMA servers with vMitosis",
/// ASPLOS 2021, which moves tables one by one after the pages they map; here CPUs and data move
/// together.
public record TableMigration() implements TablePolicy {
    @Override
    public void settle(VirtualMachine vm) {
        NodePlacement placement = Nodes.of(vm);
        int node = Nodes.mostCpus(vm);
        if (placement.tableNodes().size() != 1 || placement.tableNodes().getFirst() != node) {
            placement.placeTables(node);
        }
    }
}
