package org.nestwalk.machine.simulated;

import org.nestwalk.machine.topology.Topology;

/// How loaded the memory of each node is by other tenants.
final class NodeLoads {
    private final Topology topology;
    private final int memoryCycles;
    private final int[] waiting;

    /// All idle.
    NodeLoads(SimulatedSettings settings) {
        topology = settings.topology();
        memoryCycles = settings.model().memory().memoryCycles();
        waiting = new int[topology.nodes()];
    }

    /// Makes the latency of remote references to `node` `loaded` times that of idle local memory.
    ///
    /// @throws org.nestwalk.InputException if the topology does not allow that
    void set(int node, double loaded) {
        topology.check(node, "loaded memory");
        topology.checkLoaded(loaded);
        waiting[node] = (int) Math.round((loaded - topology.remote()) * memoryCycles);
    }

    /// Cycles that each reference to `node` waits in the queue of its memory.
    int waiting(int node) {
        return waiting[node];
    }
}
