package org.nestwalk.machine.simulated;

import org.nestwalk.machine.topology.NodeCounts;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.cache.MemoryDelay;

/// What memory costs one virtual CPU by where it is: nothing on its own node, the way to another
/// node, and in both cases the wait where other tenants load the memory.
final class NodeDelay implements MemoryDelay {
    private final NodeLoads loads;
    private final long nodeBytes;
    private final int remoteCycles;
    private final NodeCounts counts;
    private int node;

    /// For a CPU on node 0.
    NodeDelay(SimulatedSettings settings, NodeLoads loads) {
        Topology topology = settings.topology();
        this.loads = loads;
        this.nodeBytes = settings.nodeBytes();
        this.remoteCycles =
                (int)
                        Math.round(
                                (topology.remote() - 1) * settings.model().memory().memoryCycles());
        this.counts = new NodeCounts(topology.nodes());
    }

    @Override
    public int cycles(int kind, long hpa) {
        int holder = (int) (hpa / nodeBytes);
        boolean remote = holder != node;
        int cycles = (remote ? remoteCycles : 0) + loads.waiting(holder);
        counts.count(kind, holder, remote, cycles);
        return cycles;
    }

    int node() {
        return node;
    }

    void moveTo(int other) {
        node = other;
    }

    NodeCounts counts() {
        return counts;
    }
}
