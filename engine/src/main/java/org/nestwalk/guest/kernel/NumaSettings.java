package org.nestwalk.guest.kernel;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.machine.topology.Topology;

/// What a guest's kernel knows of NUMA nodes, and what it does about them.
///
/// @param awareness how it knows
/// @param nodeOfCpu for each CPU its virtual node, if the nodes are visible; otherwise empty
/// @param copiesTables whether it keeps a copy of each page table on every node, for the CPUs there
/// @param entryCycles cycles to update an entry in one of them but the first
public record NumaSettings(
        Awareness awareness, List<Integer> nodeOfCpu, boolean copiesTables, int entryCycles) {

    /// How a guest knows of nodes.
    public enum Awareness {
        /// Not at all: its memory is all alike, and is where the hypervisor puts it.
        OBLIVIOUS,
        /// Its memory is divided equally among virtual nodes, in ascending order, which the
        /// firmware reports to it; the hypervisor binds them to the host's.
        VISIBLE,
        /// Its memory is all alike, but it asks the hypervisor on which node each CPU is, and to
        /// put single pages there: the para-virtualised way of vMitosis (Panwar et al., ASPLOS
        /// 2021) to place page tables of guests that see no nodes.
        PARAVIRTUAL
    }

    /// A kernel that knows no nodes.
    public static final NumaSettings NONE =
            new NumaSettings(Awareness.OBLIVIOUS, List.of(), false, 0);

    /// Checks that what is asked for can be.
    ///
    /// @throws InputException if nodes are visible, but not those of CPUs, or the other way round;
    ///   or an oblivious guest is to copy tables
    public NumaSettings {
        nodeOfCpu = List.copyOf(nodeOfCpu);
        if ((awareness == Awareness.VISIBLE) == nodeOfCpu.isEmpty()) {
            throw new InputException(
                    "a guest's CPUs have virtual nodes if, and only if, it sees nodes");
        }
        for (int node : nodeOfCpu) {
            if (node < 0 || node >= Topology.MOST_NODES) {
                throw new InputException(
                        "no virtual node %d; a guest has nodes 0 to %d at most"
                                .formatted(node, Topology.MOST_NODES - 1));
            }
        }
        if (copiesTables && awareness == Awareness.OBLIVIOUS) {
            throw new InputException("a guest that knows no nodes cannot copy tables to them");
        }
    }

    /// A kernel that sees nodes, as many as its CPUs are on: on each there is at least one.
    public static NumaSettings visible(List<Integer> nodeOfCpu) {
        return new NumaSettings(Awareness.VISIBLE, nodeOfCpu, false, Topology.ENTRY_CYCLES);
    }

    /// A kernel that asks the hypervisor.
    public static NumaSettings paravirtual() {
        return new NumaSettings(Awareness.PARAVIRTUAL, List.of(), false, Topology.ENTRY_CYCLES);
    }

    /// These settings with copies of tables.
    public NumaSettings withTableCopies() {
        return new NumaSettings(awareness, nodeOfCpu, true, entryCycles);
    }
}
