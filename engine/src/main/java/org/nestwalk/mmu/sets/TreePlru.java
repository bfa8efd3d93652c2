package org.nestwalk.mmu.sets;

/// Tree pseudo-LRU: a binary tree over the ways, one bit an inner node, pointing at the half that
/// was used longer ago.
///
/// A use of a way turns every node on the path to it away from it; the victim is where the nodes
/// point. With a number of ways that is not a power of two the tree is the one over the next power
/// of two, and the walk to the victim goes left wherever the right half has no ways, whatever the
/// node says.
final class TreePlru extends ReplacementPolicy {
    private final int ways;
    private final int leaves;
    // Node 1 is the root and the children of n are 2n and 2n + 1, as in a heap.
    private final boolean[] pointsRight;

    TreePlru(int sets, int ways) {
        this.ways = ways;
        this.leaves = ways == 1 ? 1 : Integer.highestOneBit(ways - 1) << 1;
        this.pointsRight = new boolean[sets * leaves];
    }

    @Override
    void hit(int set, int way) {
        boolean[] nodes = pointsRight;
        int base = set * leaves;
        for (int node = leaves + way; node > 1; node >>>= 1) {
            nodes[base + (node >>> 1)] = (node & 1) == 0;
        }
    }

    @Override
    void filled(int set, int way) {
        hit(set, way);
    }

    @Override
    int victim(int set) {
        int base = set * leaves;
        int first = 0;
        int node = 1;
        for (int half = leaves >>> 1; half > 0; half >>>= 1) {
            boolean right = pointsRight[base + node] && first + half < ways;
            node = 2 * node + (right ? 1 : 0);
            first += right ? half : 0;
        }
        return first;
    }
}
