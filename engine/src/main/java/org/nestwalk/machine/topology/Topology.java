package org.nestwalk.machine.topology;

import org.nestwalk.InputException;

/// The NUMA nodes of a simulated machine: memory of equal size each, and processors, any two nodes
/// equally far apart (as four sockets are that have a link to each of the others).
///
/// Latencies are in units of that of a node's own idle memory, the machine's
/// [org.nestwalk.mmu.model.MemoryModel#memoryCycles].
///
/// @param nodes 2 to 64, or 1 for a machine without NUMA
/// @param remote latency of another node's idle memory, 1 to 10
/// @param entryCycles cycles to update one entry in a further copy of a replicated table, 0 to
///   100,000
public record Topology(int nodes, double remote, int entryCycles) {
    /// A machine without NUMA: all memory costs the same.
    public static final Topology ONE_NODE = new Topology(1, 1, 0);

    /// The largest number of nodes.
    public static final int MOST_NODES = 64;

    /// The largest latency of idle remote memory.
    public static final double MOST_REMOTE = 10;

    /// The largest latency of loaded remote memory.
    public static final double MOST_LOADED = 100;

    /// Cycles to update an entry of a table, wherever it is: what `mprotect` takes for each page
    /// without replicas in Mitosis (Achermann et al., ASPLOS 2020, table 5).
    public static final int ENTRY_CYCLES = 60;

    private static final int MOST_ENTRY_CYCLES = 100_000;

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public Topology {
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new InputException(nodes + " nodes; a machine has 1 to " + MOST_NODES);
        }
        if (!(remote >= 1 && remote <= MOST_REMOTE)) {
            throw new InputException(
                    "remote latency of %s times the local one; it is 1 to %s times"
                            .formatted(remote, MOST_REMOTE));
        }
        if (entryCycles < 0 || entryCycles > MOST_ENTRY_CYCLES) {
            throw new InputException(
                    "%d cycles to update a table's entry; they are 0 to %d"
                            .formatted(entryCycles, MOST_ENTRY_CYCLES));
        }
    }

    /// `nodes` nodes, with [#ENTRY_CYCLES].
    public static Topology of(int nodes, double remote) {
        return new Topology(nodes, remote, ENTRY_CYCLES);
    }

    /// Whether there is more than one node.
    public boolean isNuma() {
        return nodes > 1;
    }

    /// Checks that the machine has `node`.
    ///
    /// @param what whose node it is, for the message
    /// @throws InputException if it has not
    public void check(int node, String what) {
        if (node < 0 || node >= nodes) {
            throw new InputException(
                    "%s: no node %d; this machine has %s"
                            .formatted(
                                    what,
                                    node,
                                    nodes == 1 ? "node 0 only" : "nodes 0 to " + (nodes - 1)));
        }
    }

    /// Checks the latency of loaded remote memory.
    ///
    /// @throws InputException unless it is [#remote] to [#MOST_LOADED]
    public void checkLoaded(double loaded) {
        if (!(loaded >= remote && loaded <= MOST_LOADED)) {
            throw new InputException(
                    "loaded latency of %s times the local one; it is %s (that of idle remote memory) to %s times"
                            .formatted(loaded, remote, MOST_LOADED));
        }
    }
}
