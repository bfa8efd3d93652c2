package org.nestwalk.machine.simulated.host;

import org.nestwalk.machine.topology.NodeCounts;
import org.nestwalk.mmu.cache.MemoryDelay;

/// What memory costs one virtual CPU by where it is: nothing on its own node, the way to another
/// node, and in both cases the wait where other tenants load the memory.
public final class NodeDelay implements MemoryDelay {
    private final NodeLoads loads;
    private final int remoteCycles;
    private final NodeCounts counts;
    private int node;

    /// For a CPU on node 0.
    public NodeDelay(NodeLoads loads) {
        this.loads = loads;
        this.remoteCycles = loads.remoteCycles();
        this.counts = new NodeCounts(loads.nodes());
    }

    @Override
    public int cycles(int kind, long hpa) {
        int holder = loads.nodeOf(hpa);
        boolean remote = holder != node;
        int cycles = (remote ? remoteCycles : 0) + loads.waiting(holder);
        counts.count(kind, holder, remote, cycles);
        return cycles;
    }

    /// The node that the CPU runs on.
    public int node() {
        return node;
    }

    /// Moves the CPU to another node.
    public void moveTo(int other) {
        node = other;
    }

    /// What the CPU has referred to, by node.
    public NodeCounts counts() {
        return counts;
    }
}
