package org.nestwalk.memory;

import java.util.Arrays;

/// The frames of a machine with NUMA nodes: a [BuddyAllocator] for each node, over consecutive
/// ranges of physical memory.
///
/// Not for several threads.
public final class NumaFrames {
    private final BuddyAllocator[] nodes;

    /// Nodes 0, 1 and so on from `base`, with as many bytes as `bytesOfNode` says, all free.
    ///
    /// @param base a multiple of 4 MiB
    /// @param bytesOfNode for each of at least one node, a positive multiple of 4 MiB, of 4 KiB for
    ///   the last; see [BuddyAllocator] for the upper bounds
    public NumaFrames(long base, long... bytesOfNode) {
        if (bytesOfNode.length == 0) {
            throw new IllegalArgumentException("a machine has at least one node");
        }
        nodes = new BuddyAllocator[bytesOfNode.length];
        long next = base;
        for (int node = 0; node < nodes.length; node++) {
            nodes[node] = new BuddyAllocator(next, bytesOfNode[node]);
            next = nodes[node].end();
        }
    }

    private NumaFrames(BuddyAllocator[] nodes) {
        this.nodes = nodes;
    }

    /// Frames of their own in the same state.
    public NumaFrames copy() {
        return new NumaFrames(
                Arrays.stream(nodes).map(BuddyAllocator::copy).toArray(BuddyAllocator[]::new));
    }

    /// How many nodes there are.
    public int nodes() {
        return nodes.length;
    }

    /// The allocator of `node`, 0 to [#nodes] - 1.
    public BuddyAllocator node(int node) {
        return nodes[node];
    }

    /// The address of a block of `order` on `node` if it has one, otherwise on the next node that
    /// has one in the order `node` + 1, `node` + 2 and so on, with node 0 after the last; -1 if
    /// none has.
    ///
    /// That is the order on a machine whose nodes are equally far from each other (an assumption),
    /// where each node begins with its successor so that not all fall back on the same one; Linux
    /// likewise spreads nodes at equal distance (`mm/page_alloc.c`, `find_next_best_node`).
    public long allocate(int node, int order) {
        for (int i = 0; i < nodes.length; i++) {
            long address = nodes[(node + i) % nodes.length].allocate(order);
            if (address >= 0) {
                return address;
            }
        }
        return -1;
    }

    /// The address of a block of `order` on `node` and no other (`__GFP_THISNODE` in Linux), or -1.
    public long allocateOn(int node, int order) {
        return nodes[node].allocate(order);
    }

    /// Frees the allocated block of `order` at `address`, with the errors of [BuddyAllocator#free].
    public void free(long address, int order) {
        nodes[nodeOf(address)].free(address, order);
    }

    /// The node that `address` is on.
    ///
    /// @throws IllegalArgumentException if it is on none
    public int nodeOf(long address) {
        for (int node = 0; node < nodes.length; node++) {
            if (nodes[node].contains(address)) {
                return node;
            }
        }
        throw new IllegalArgumentException(
                "0x" + Long.toHexString(address) + " is on no node's memory");
    }

    /// How many frames of all nodes are free.
    public long freeFrames() {
        return Arrays.stream(nodes).mapToLong(BuddyAllocator::freeFrames).sum();
    }

    /// How many frames all nodes have.
    public long totalFrames() {
        return Arrays.stream(nodes).mapToLong(BuddyAllocator::totalFrames).sum();
    }

    /// Whether nothing is allocated on any node, and all blocks are whole.
    public boolean areUnused() {
        return Arrays.stream(nodes).allMatch(BuddyAllocator::isUnused);
    }

    /// Whether `other` has the same nodes in the same states.
    public boolean sameStateAs(NumaFrames other) {
        if (nodes.length != other.nodes.length) {
            return false;
        }
        for (int node = 0; node < nodes.length; node++) {
            if (!nodes[node].sameStateAs(other.nodes[node])) {
                return false;
            }
        }
        return true;
    }
}
