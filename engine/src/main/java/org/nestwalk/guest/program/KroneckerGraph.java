package org.nestwalk.guest.program;

import org.nestwalk.random.SplitMix64;

/// A directed Kronecker (R-MAT) graph in compressed-sparse-row form that is computed, not stored.
///
/// The adjacency matrix is divided into quadrants again and again, and an edge falls into them with
/// probabilities a = 0.57, b = 0.19, c = 0.19 and d = 0.05 (Chakrabarti, Zhan and Faloutsos,
/// "R-MAT: a recursive model for graph mining", SDM 2004; the constants are those of the Graph500
/// benchmark). Instead of drawing edges and sorting them, the edges of a range of vertices are
/// divided between its halves in the proportion a + b to c + d, rounded at random by a hash of the
/// range, down to single vertices: that gives rows whose lengths have the model's expectation. The
/// target of an edge is then drawn, by a hash of its number, from the model's distribution given
/// its source. Like the model's, the graph has loops and repeated edges; unlike in Graph500, edges
/// are directed and vertices keep their order.
final class KroneckerGraph {
    private static final double A_AND_B = 0.76;

    /// Of 65536: that a target bit is 1 when the source's is 0 (b of a + b), or 1 (d of c + d).
    private static final int ONE_AFTER_ZERO = 16_384;

    private static final int ONE_AFTER_ONE = 13_653;

    private final int scale;
    private final long edges;
    private final long seed;
    private long rowStart;
    private long rowEnd;

    /// With 2^`scale` vertices, `scale` from 1 to 40, and so many edges.
    KroneckerGraph(int scale, long edges, long seed) {
        this.scale = scale;
        this.edges = edges;
        this.seed = seed;
    }

    long vertices() {
        return 1L << scale;
    }

    long edges() {
        return edges;
    }

    /// Finds the edges that leave `vertex`: those numbered from [#rowStart] to [#rowEnd] - 1.
    void seek(long vertex) {
        long low = 0;
        long high = edges;
        for (int bit = scale - 1; bit >= 0 && low < high; bit--) {
            long range = (vertex >> (bit + 1)) | 1L << (scale - bit - 1);
            double rounding = SplitMix64.fraction(SplitMix64.hash(seed, range));
            long middle = low + (long) ((high - low) * A_AND_B + rounding);
            if ((vertex >> bit & 1) == 0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        rowStart = low;
        rowEnd = high;
    }

    long rowStart() {
        return rowStart;
    }

    long rowEnd() {
        return rowEnd;
    }

    /// The vertex to which the edge with number `edge`, which leaves `source`, leads.
    long target(long source, long edge) {
        long target = 0;
        long bits = 0;
        for (int bit = scale - 1, used = 0; bit >= 0; bit--, used++) {
            if ((used & 3) == 0) {
                bits = SplitMix64.hash(~seed, edge * 16 + (used >> 2));
            }
            int limit = (source >> bit & 1) == 0 ? ONE_AFTER_ZERO : ONE_AFTER_ONE;
            target = target << 1 | ((bits & 0xffff) < limit ? 1 : 0);
            bits >>>= 16;
        }
        return target;
    }
}
