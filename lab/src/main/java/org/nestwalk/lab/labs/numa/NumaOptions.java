package org.nestwalk.lab.labs.numa;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.model.OverlapModel;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Parameter;

/// How the experiment is made.
///
/// @param programs as [org.nestwalk.guest.program.ProgramSpec] takes them
/// @param topology of the machine, at least two nodes
/// @param nodeBytes memory of each node
/// @param home node on which the virtual CPU and its data are
/// @param away node on which remote tables are, another one
/// @param loaded latency of remote memory on a loaded node, in units of local idle memory
/// @param overlap how many of the data references that miss the caches are under way at once on a
///   blocking machine, 1 to 100; walks are made one after the other there. Left out where the
///   machine says
/// @param seed of everything random
public record NumaOptions(
        List<String> programs,
        Topology topology,
        long nodeBytes,
        int home,
        int away,
        double loaded,
        @Nullable Double overlap,
        long seed) {
    private static final String NODES = "nodes";
    private static final String NODE_MEMORY = "node-memory";
    private static final String HOME = "home";
    private static final String AWAY = "away";
    private static final String REMOTE = "remote";
    private static final String LOADED = "loaded";
    private static final String OVERLAP = "overlap";
    private static final String ENTRY_CYCLES = "entry-cycles";
    private static final String SEED = "seed";
    private static final int MOST_NODES = Topology.MOST_NODES;

    /// Copies the list.
    public NumaOptions {
        programs = List.copyOf(programs);
    }

    /// Where everything is.
    static List<Parameter> places() {
        return List.of(
                Parameter.count(NODES, "of the machine", 4, 2, MOST_NODES),
                Parameter.multiple(
                        NODE_MEMORY, "of each node", 128L << 30, 4L << 20, 64L << 20, 512L << 30),
                Parameter.count(HOME, "node of the CPU and its data", 0, 0, MOST_NODES - 1),
                Parameter.count(AWAY, "node of remote tables", 1, 0, MOST_NODES - 1));
    }

    /// How long everything takes.
    static List<Parameter> times() {
        return List.of(
                Parameter.number(
                        REMOTE,
                        "latency of remote memory, in units of local idle memory's",
                        1.65,
                        1,
                        Topology.MOST_REMOTE),
                Parameter.number(
                                LOADED,
                                "the same if another tenant loads its node, at least what it is"
                                        + " without",
                                3.5,
                                1,
                                Topology.MOST_LOADED)
                        .onlyWithout(Tenant.TENANT),
                Parameter.number(
                                OVERLAP,
                                "references to data that miss the caches and are under way at"
                                        + " once, by default the line-fill buffers of a core",
                                12,
                                1,
                                100)
                        .onlyWith(Timing.NAME, Timing.BLOCKING.label()),
                Parameter.count(
                        ENTRY_CYCLES,
                        "cycles to update an entry in one more copy of a table",
                        Topology.ENTRY_CYCLES,
                        0,
                        100_000),
                Parameter.seed("of everything random"));
    }

    /// What was asked for; with a tenant that loads the remote node, its memory counts as idle
    /// until it is known what that does.
    ///
    /// @throws org.nestwalk.InputException if nodes or latencies do not go together
    static NumaOptions of(Arguments given) {
        Topology topology =
                new Topology(given.whole(NODES), given.number(REMOTE), given.whole(ENTRY_CYCLES));
        NumaOptions options =
                new NumaOptions(
                        given.texts(Workloads.PROGRAM),
                        topology,
                        given.size(NODE_MEMORY),
                        given.whole(HOME),
                        given.whole(AWAY),
                        given.has(LOADED) ? given.number(LOADED) : topology.remote(),
                        given.has(OVERLAP) ? (Double) given.number(OVERLAP) : null,
                        given.seed(SEED));
        topology.check(options.home, given.called(HOME));
        topology.check(options.away, given.called(AWAY));
        if (options.home == options.away) {
            throw given.bad(
                    AWAY,
                    "node %d is that of the CPU, %s, and not remote; use another of 0 to %d"
                            .formatted(options.away, given.called(HOME), topology.nodes() - 1));
        }
        if (options.loaded < topology.remote()) {
            throw given.bad(
                    LOADED,
                    Figures.format(
                            "%s is less than idle remote memory takes, %s; use %s to %.0f",
                            options.loaded,
                            given.called(REMOTE) + " " + topology.remote(),
                            topology.remote(),
                            Topology.MOST_LOADED));
        }
        return options;
    }

    /// The same with another latency of loaded remote memory.
    public NumaOptions withLoaded(double other) {
        return new NumaOptions(programs, topology, nodeBytes, home, away, other, overlap, seed);
    }

    /// References of a CPU to data that are under way at once.
    double underWay(ProcessorModel model) {
        OverlapModel machines = model.overlap();
        return machines != null
                ? machines.outstandingMisses()
                : Objects.requireNonNullElse(overlap, 1.0);
    }

    /// The same with CPU and data, and remote tables, on other nodes.
    NumaOptions withCpuOn(int node, int otherAway) {
        return new NumaOptions(
                programs, topology, nodeBytes, node, otherAway, loaded, overlap, seed);
    }
}
