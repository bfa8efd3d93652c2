package org.nestwalk.lab.numa;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.machine.topology.Topology;

/// How the story is told.
///
/// @param programs as [org.nestwalk.guest.program.ProgramSpec] takes them
/// @param topology of the machine, at least two nodes
/// @param nodeBytes memory of each node
/// @param home node on which the virtual CPU and its data are
/// @param away node on which remote tables are
/// @param loaded latency of remote memory on a loaded node, in units of local idle memory
/// @param overlap how many of the data references that miss the caches are under way at once, 1 to
///   100; walks are made one after the other
/// @param seed of everything random
public record NumaOptions(
        List<String> programs,
        Topology topology,
        long nodeBytes,
        int home,
        int away,
        double loaded,
        double overlap,
        long seed) {
    private static final double MOST_OVERLAP = 100;
    private static final long LEAST_NODE = 64L << 20;
    private static final long MOST_NODE = 512L << 30;

    /// Checks the bounds above.
    ///
    /// @throws InputException if one is violated
    public NumaOptions {
        programs = List.copyOf(programs);
        if (programs.isEmpty()) {
            throw new InputException("no program; name at least one, such as gups");
        }
        if (!topology.isNuma()) {
            throw new InputException(
                    "--nodes: 1 node has no remote memory; use 2 to " + Topology.MOST_NODES);
        }
        topology.check(home, "--home");
        topology.check(away, "--away");
        if (home == away) {
            throw new InputException(
                    "--away: node %d is --home, and not remote; use another of 0 to %d"
                            .formatted(away, topology.nodes() - 1));
        }
        topology.checkLoaded(loaded);
        if (!(overlap >= 1 && overlap <= MOST_OVERLAP)) {
            throw new InputException(
                    "--overlap: %s data references at once; use 1 to %s"
                            .formatted(overlap, MOST_OVERLAP));
        }
        if (nodeBytes < LEAST_NODE || nodeBytes > MOST_NODE || nodeBytes % (4L << 20) != 0) {
            throw new InputException(
                    "--node-memory: %s is not a multiple of 4MiB from %s to %s"
                            .formatted(
                                    Quantities.formatSize(nodeBytes),
                                    Quantities.formatSize(LEAST_NODE),
                                    Quantities.formatSize(MOST_NODE)));
        }
    }

    /// The same with another latency of loaded remote memory.
    public NumaOptions withLoaded(double other) {
        return new NumaOptions(programs, topology, nodeBytes, home, away, other, overlap, seed);
    }

    /// The same with CPU and data, and remote tables, on other nodes.
    NumaOptions withCpuOn(int node, int otherAway) {
        return new NumaOptions(
                programs, topology, nodeBytes, node, otherAway, loaded, overlap, seed);
    }
}
