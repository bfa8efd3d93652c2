package org.nestwalk.machine.topology;

import org.nestwalk.InputException;

/// How a guest's memory is divided among the nodes that it sees: equal shares in ascending order,
/// of which the last has what remains.
///
/// @param nodes at least 1
/// @param bytes of the guest's memory
public record VirtualNodes(int nodes, long bytes) {
    private static final long UNIT = 4L << 20;

    /// Checks that each node gets something.
    ///
    /// @throws InputException if the memory of several is less than 4 MiB each
    public VirtualNodes {
        if (nodes < 1 || (nodes > 1 && bytes < UNIT * nodes)) {
            throw new InputException(
                    "guest memory of %d bytes cannot be divided among %d nodes; each needs 4MiB"
                            .formatted(bytes, nodes));
        }
    }

    /// Bytes of a node's memory.
    public long bytesOf(int node) {
        return node == nodes - 1 ? bytes - share() * node : share();
    }

    /// The node of a guest-physical address.
    public int nodeOf(long gpa) {
        return nodes == 1 ? 0 : (int) Math.min(nodes - 1, gpa / share());
    }

    private long share() {
        return bytes / nodes & -UNIT;
    }
}
