package org.nestwalk.machine.topology;

import org.nestwalk.mmu.cache.MemoryDelay;

/// What one virtual CPU's references to memory, those that no cache served, came to: an account by
/// the kind of reference and the node that held it.
///
/// Kinds are those of [MemoryDelay]: guest tables, second-level tables, data.
public final class NodeCounts {
    /// How many kinds there are.
    public static final int KINDS = MemoryDelay.DATA + 1;

    private final long[][] references;
    private final long[] remote = new long[KINDS];
    private long delayCycles;

    /// An account at zero for a machine of `nodes`.
    public NodeCounts(int nodes) {
        references = new long[KINDS][nodes];
    }

    /// Counts a reference that was delayed by `cycles`.
    public void count(int kind, int node, boolean isRemote, int cycles) {
        references[kind][node]++;
        remote[kind] += isRemote ? 1 : 0;
        delayCycles += cycles;
    }

    /// References of a kind to a node.
    public long references(int kind, int node) {
        return references[kind][node];
    }

    /// References of a kind.
    public long references(int kind) {
        long sum = 0;
        for (long count : references[kind]) {
            sum += count;
        }
        return sum;
    }

    /// References of a kind to other nodes than the CPU's at the time.
    public long remote(int kind) {
        return remote[kind];
    }

    /// Cycles beyond those of local idle memory.
    public long delayCycles() {
        return delayCycles;
    }

    /// This account less an `earlier` one of the same machine.
    public NodeCounts since(NodeCounts earlier) {
        return combined(earlier, -1);
    }

    /// A copy of this account.
    public NodeCounts copy() {
        return combined(this, 0);
    }

    private NodeCounts combined(NodeCounts other, int sign) {
        NodeCounts result = new NodeCounts(references[0].length);
        for (int kind = 0; kind < KINDS; kind++) {
            for (int node = 0; node < references[kind].length; node++) {
                result.references[kind][node] =
                        references[kind][node] + sign * other.references[kind][node];
            }
            result.remote[kind] = remote[kind] + sign * other.remote[kind];
        }
        result.delayCycles = delayCycles + sign * other.delayCycles;
        return result;
    }
}
