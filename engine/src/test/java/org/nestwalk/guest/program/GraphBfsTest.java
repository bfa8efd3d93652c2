package org.nestwalk.guest.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.nestwalk.guest.program.Streams.offset;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;

class GraphBfsTest {
    private static final String SPEC = "graph-bfs:accesses=2M,footprint=2MiB,seed=5";

    @Test
    void rowsDivideAllEdges() {
        KroneckerGraph graph = new KroneckerGraph(12, 16 << 12, 3);
        long next = 0;
        for (long vertex = 0; vertex < graph.vertices(); vertex++) {
            graph.seek(vertex);
            assertThat(graph.rowStart()).isEqualTo(next);
            assertThat(graph.rowEnd()).isGreaterThanOrEqualTo(next);
            next = graph.rowEnd();
        }
        assertThat(next).isEqualTo(graph.edges());
    }

    @Test
    void quadrantsHaveTheirShareOfEdges() {
        KroneckerGraph graph = new KroneckerGraph(14, 16 << 14, 4);
        double[] quadrants = new double[4];
        for (long vertex = 0; vertex < graph.vertices(); vertex++) {
            graph.seek(vertex);
            for (long edge = graph.rowStart(); edge < graph.rowEnd(); edge++) {
                quadrants[(int) (vertex >> 13 << 1 | graph.target(vertex, edge) >> 13)]++;
            }
        }
        double[] expected = {0.57, 0.19, 0.19, 0.05};
        for (int i = 0; i < 4; i++) {
            assertThat(quadrants[i] / graph.edges()).isCloseTo(expected[i], within(0.005));
        }
    }

    @Test
    void searchesFindEachReachableVertexOnceInBreadthFirstOrder() {
        KroneckerGraph graph = GraphBfs.graph(2 << 20, 16, 5);
        long parents = (graph.vertices() + 1 + graph.edges()) * 8;
        long queue = parents + graph.vertices() * 8;
        List<Long> found = new ArrayList<>();
        int searches = 0;
        for (long access : Streams.read(SPEC)) {
            long at = offset(access);
            if (!Access.isWrite(access)) {
                continue;
            }
            if (at == queue && found.size() > 1) {
                // A store to the queue's first place begins a search; its root was stored before.
                long root = found.removeLast();
                assertThat(found).isEqualTo(search(graph, found.getFirst()));
                found.clear();
                found.add(root);
                searches++;
            }
            if (at >= parents && at < queue) {
                found.add((at - parents) / 8);
            }
        }
        assertThat(searches).isGreaterThan(3);
    }

    private static List<Long> search(KroneckerGraph graph, long root) {
        List<Long> order = new ArrayList<>(List.of(root));
        Set<Long> seen = new HashSet<>(order);
        ArrayDeque<Long> queue = new ArrayDeque<>(order);
        while (!queue.isEmpty()) {
            long vertex = queue.remove();
            graph.seek(vertex);
            for (long edge = graph.rowStart(); edge < graph.rowEnd(); edge++) {
                long target = graph.target(vertex, edge);
                if (seen.add(target)) {
                    order.add(target);
                    queue.add(target);
                }
            }
        }
        return order;
    }

    @Test
    void graphFillsItsFootprintToHalfAtLeast() {
        for (long footprint = 1 << 16; footprint <= 64L << 40; footprint = footprint * 3 / 2) {
            KroneckerGraph graph = GraphBfs.graph(footprint, 16, 1);
            long bytes = (3 * graph.vertices() + 1 + graph.edges()) * 8;
            assertThat(bytes).isBetween(footprint / 2 - 64, footprint);
        }
    }
}
