package org.nestwalk.guest.program;

import org.nestwalk.parameter.Parameter;
import org.nestwalk.random.Xoshiro256;

/// Breadth-first searches of a [KroneckerGraph] from random vertices that have edges, top down with
/// one queue: each vertex found is visited in the order of finding, its row bounds and targets are
/// loaded, and the parent of each target; a target without a parent gets one and joins the queue.
///
/// Four arrays of 8-byte numbers follow each other: row starts, edge targets, parents, queue. The
/// graph has the largest power of two of vertices for which they fit. The parents' array is not
/// initialised between searches.
///
/// The order is that of a real search of the whole graph up to 2^22 vertices (1.1 GiB with 16 edges
/// a vertex). In a larger graph a search ends when it has found 2^22 vertices, and the next begins;
/// this bounds the memory needed here to 96 MiB.
final class GraphBfs extends OperationSource {
    static final ProgramDefinition DEFINITION =
            ProgramDefinition.of(
                    "graph-bfs",
                    "breadth-first searches of a Kronecker graph in compressed sparse rows",
                    "Murphy, Wheeler, Barrett and Ang, \"Introducing the Graph 500\", Cray User's"
                            + " Group 2010; graph: Chakrabarti, Zhan and Faloutsos, SDM 2004",
                    1 << 16,
                    GraphBfs::new,
                    Parameter.count("edges", "edges for each vertex", 16, 1, 1024));

    static final int MOST_FOUND = 1 << 22;

    private static final int LONGEST = 4;

    private final KroneckerGraph graph;
    private final long rows;
    private final long targets;
    private final long parents;
    private final long queued;
    private final Xoshiro256 random;
    private final VertexSet found;
    private final long[] queue;
    private final boolean complete;
    private int head;
    private int tail;
    private long vertex;
    private long edge;
    private long edgeEnd;

    GraphBfs(ProgramArguments arguments) {
        super(arguments.accesses(), LONGEST);
        graph = graph(arguments.footprint(), arguments.count("edges"), arguments.seed());
        rows = arguments.base();
        targets = rows + (graph.vertices() + 1) * Long.BYTES;
        parents = targets + graph.edges() * Long.BYTES;
        queued = parents + graph.vertices() * Long.BYTES;
        random = new Xoshiro256(arguments.seed());
        int most = (int) Math.min(graph.vertices(), MOST_FOUND);
        found = new VertexSet(most);
        queue = new long[most];
        complete = graph.vertices() <= MOST_FOUND;
    }

    /// The largest graph whose arrays fit into `footprint` bytes.
    static KroneckerGraph graph(long footprint, long edgesEach, long seed) {
        int scale = 1;
        while (((3 + edgesEach) * (2L << scale) + 1) * Long.BYTES <= footprint) {
            scale++;
        }
        return new KroneckerGraph(scale, edgesEach << scale, seed);
    }

    @Override
    protected int append(long[] out, int at, int lastStart) {
        do {
            if (edge < edgeEnd) {
                at = follow(out, at);
            } else if (head < tail && (tail < queue.length || complete)) {
                at = visit(out, at);
            } else {
                at = start(out, at);
            }
        } while (at <= lastStart);
        return at;
    }

    private int start(long[] out, int at) {
        found.clear();
        head = 0;
        tail = 0;
        do {
            vertex = random.nextBelow(graph.vertices());
            graph.seek(vertex);
        } while (graph.rowStart() == graph.rowEnd());
        boolean first = found.add(vertex);
        assert first;
        return enqueue(out, at, vertex);
    }

    private int visit(long[] out, int at) {
        out[at] = load(queued + (long) head * Long.BYTES);
        vertex = queue[head++];
        graph.seek(vertex);
        edge = graph.rowStart();
        edgeEnd = graph.rowEnd();
        out[at + 1] = loadAfter(1, rows + vertex * Long.BYTES);
        out[at + 2] = loadAfter(2, rows + (vertex + 1) * Long.BYTES);
        return at + 3;
    }

    private int follow(long[] out, int at) {
        long target = graph.target(vertex, edge);
        long first = targets + edge * Long.BYTES;
        out[at] = edge == graph.rowStart() ? loadAfter(2, first) : load(first);
        out[at + 1] = loadAfter(1, parents + target * Long.BYTES);
        edge++;
        if (tail < queue.length && found.add(target)) {
            return enqueue(out, at + 2, target);
        }
        return at + 2;
    }

    private int enqueue(long[] out, int at, long target) {
        out[at] = store(parents + target * Long.BYTES);
        out[at + 1] = store(queued + (long) tail * Long.BYTES);
        queue[tail++] = target;
        return at + 2;
    }
}
