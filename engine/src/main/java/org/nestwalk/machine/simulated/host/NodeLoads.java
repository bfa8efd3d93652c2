package org.nestwalk.machine.simulated.host;

import org.nestwalk.machine.topology.Topology;

/// How loaded the memory of each node is by other tenants.
public final class NodeLoads {
    private final Topology topology;
    private final long nodeBytes;
    private final int memoryCycles;
    private final int[] waiting;

    /// All idle.
    ///
    /// @param nodeBytes memory of each node
    /// @param memoryCycles latency of idle memory, from its own node
    public NodeLoads(Topology topology, long nodeBytes, int memoryCycles) {
        this.topology = topology;
        this.nodeBytes = nodeBytes;
        this.memoryCycles = memoryCycles;
        waiting = new int[topology.nodes()];
    }

    /// Makes the latency of remote references to `node` `loaded` times that of idle local memory.
    ///
    /// @throws org.nestwalk.InputException if the topology does not allow that
    public void set(int node, double loaded) {
        topology.check(node, "loaded memory");
        topology.checkLoaded(loaded);
        waiting[node] = (int) Math.round((loaded - topology.remote()) * memoryCycles);
    }

    /// How many nodes there are.
    public int nodes() {
        return topology.nodes();
    }

    /// The node that has the memory at `hpa`.
    int nodeOf(long hpa) {
        return (int) (hpa / nodeBytes);
    }

    /// Cycles that the way to another node adds to each reference.
    int remoteCycles() {
        return (int) Math.round((topology.remote() - 1) * memoryCycles);
    }

    /// Cycles that each reference to `node` waits in the queue of its memory.
    public int waiting(int node) {
        return waiting[node];
    }
}
