package org.nestwalk.guest.program;

import org.nestwalk.bits.Access;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.Xoshiro256;

/// Lookups of uniformly drawn keys in a B+-tree: at each level a binary search over the node's
/// keys, then the load of the child's address, and at the leaf of the value; an update also stores
/// the value.
///
/// A node has `fanout` 8-byte keys followed by as many 8-byte children or values, and all but the
/// last of a level are full. Nodes lie in a random order, as after random insertions.
final class BTree extends OperationSource {
    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "btree",
                    "lookups of random keys in a B+-tree with a binary search in each node",
                    "Bayer and McCreight, \"Organization and maintenance of large ordered"
                            + " indices\", Acta Informatica 1, 1972; Comer, ACM Computing Surveys"
                            + " 11(2), 1979",
                    1 << 20,
                    BTree::new,
                    Parameter.number("updates", "share of lookups that update", 0, 0, 1),
                    Parameter.count("fanout", "children of a full node", 256, 4, 4096));

    private final long base;
    private final long fanout;
    private final long[] nodes;
    private final long[] firstNode;
    private final long[] keysPerChild;
    private final long updateBelow;
    private final Permutation placement;
    private final Xoshiro256 random;

    BTree(ProgramArguments arguments) {
        this(arguments, arguments.count("fanout"), levels(arguments));
    }

    private BTree(ProgramArguments arguments, long fanout, long[] nodes) {
        super(arguments.accesses(), nodes.length * (65 - Long.numberOfLeadingZeros(fanout)) + 1);
        base = arguments.base();
        this.fanout = fanout;
        this.nodes = nodes;
        firstNode = new long[nodes.length];
        keysPerChild = new long[nodes.length];
        keysPerChild[0] = 1;
        for (int level = 1; level < nodes.length; level++) {
            firstNode[level] = firstNode[level - 1] + nodes[level - 1];
            keysPerChild[level] = keysPerChild[level - 1] * fanout;
        }
        int root = nodes.length - 1;
        placement = new Permutation(firstNode[root] + nodes[root], arguments.seed());
        updateBelow = threshold(arguments.number("updates"));
        random = new Xoshiro256(arguments.seed());
    }

    /// The number of nodes at each level from the leaves up to the root, for the largest tree that
    /// fits.
    private static long[] levels(ProgramArguments arguments) {
        long fanout = arguments.count("fanout");
        long most = arguments.footprint() / (2 * Long.BYTES * fanout);
        long low = 1;
        long high = most;
        while (low < high) {
            long leaves = (low + high + 1) >>> 1;
            if (total(leaves, fanout) <= most) {
                low = leaves;
            } else {
                high = leaves - 1;
            }
        }
        int depth = 1;
        for (long n = low; n > 1; n = Math.ceilDiv(n, fanout)) {
            depth++;
        }
        long[] nodes = new long[depth];
        nodes[0] = low;
        for (int level = 1; level < depth; level++) {
            nodes[level] = Math.ceilDiv(nodes[level - 1], fanout);
        }
        return nodes;
    }

    private static long total(long leaves, long fanout) {
        long sum = leaves;
        for (long n = leaves; n > 1; ) {
            n = Math.ceilDiv(n, fanout);
            sum += n;
        }
        return sum;
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            long key = random.nextBelow(nodes[0] * fanout);
            for (int level = nodes.length - 1; level >= 0; level--) {
                long child = key / keysPerChild[level];
                long node = child / fanout;
                long slot = child % fanout;
                long children =
                        level == 0 ? fanout : Math.min(fanout, nodes[level - 1] - node * fanout);
                long address =
                        base + placement.apply(firstNode[level] + node) * 2 * Long.BYTES * fanout;
                boolean isRoot = level == nodes.length - 1;
                at = search(out, at, address, slot, children, isRoot);
                out[at++] = Access.afterBranch(load(address + (fanout + slot) * Long.BYTES));
            }
            if (random.nextLong() >>> 11 < updateBelow) {
                out[at] = store(Access.address(out[at - 1]));
                at++;
            }
        } while (at <= lastStart);
        return at;
    }

    private static long probe(long address, boolean isRoot) {
        return isRoot ? load(address) : loadAfter(1, address);
    }

    /// The probes of a binary search for the last of `keys` that is not above the one of `slot`.
    ///
    /// @param isRoot whether the node's address is known, not loaded
    private static int search(
            long[] out, int at, long keys, long slot, long count, boolean isRoot) {
        int first = at;
        long low = 0;
        long high = count;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            long probe = keys + middle * Long.BYTES;
            out[at] = at == first ? probe(probe, isRoot) : Access.afterBranch(load(probe));
            at++;
            if (slot >= middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return at;
    }
}
