package org.nestwalk.guest.program;

import org.nestwalk.parameter.Parameter;
import org.nestwalk.random.Permutation;
import org.nestwalk.random.Xoshiro256;

/// A walk along a circular list through all nodes in a random order: the load of a node's first
/// word gives the next node. The order is a seeded permutation, so that every node is visited once
/// before any is visited again.
///
/// A store, where there is one, goes to the node's second word.
final class PointerChase extends OperationSource {
    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "pointer-chase",
                    "dependent loads along a list that links all nodes in random order",
                    "McVoy and Staelin, \"lmbench: portable tools for performance analysis\","
                            + " USENIX ATC 1996: memory read latency",
                    1 << 12,
                    PointerChase::new,
                    Parameter.number("writes", "share of stores", 0, 0, 0.5),
                    Parameter.multiple("node", "bytes of a node", 64, 16, 16, 1 << 12));

    private final long base;
    private final long node;
    private final long storeBelow;
    private final Permutation order;
    private final Xoshiro256 random;
    private long visited;
    private int sinceLoad = 1;

    PointerChase(ProgramArguments arguments) {
        super(arguments.accesses(), 2);
        base = arguments.base();
        node = arguments.size("node");
        order = new Permutation(arguments.footprint() / node, arguments.seed());
        double writes = arguments.number("writes");
        storeBelow = threshold(writes / (1 - writes));
        random = new Xoshiro256(arguments.seed());
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            long address = base + order.apply(visited) * node;
            visited = visited + 1 == order.size() ? 0 : visited + 1;
            out[at++] = loadAfter(sinceLoad, address);
            sinceLoad = 1;
            if (storeBelow != 0 && random.nextLong() >>> 11 < storeBelow) {
                out[at++] = store(address + Long.BYTES);
                sinceLoad = 2;
            }
        } while (at <= lastStart);
        return at;
    }
}
