package org.nestwalk.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.numa.NumaOptions;
import org.nestwalk.lab.numa.NumaStory;
import org.nestwalk.lab.numa.NumaStory.Result;
import org.nestwalk.lab.numa.Tenant;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.report.story.NumaText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk lab numa`: where page tables are on a machine with NUMA nodes.
@Command(
        name = "numa",
        description =
                "What it costs if page tables are on other NUMA nodes, and what moving or copying"
                        + " them is worth.",
        mixinStandardHelpOptions = true)
final class LabNumaCommand implements Runnable {
    private static final double LOADED = 3.5;

    @Parameters(
            paramLabel = "PROGRAM",
            arity = "0..*",
            description = "What to run (default: ${DEFAULT-VALUE}).")
    private List<String> programs =
            List.of(
                    "gups:footprint=32GiB,accesses=8M",
                    "btree:footprint=32GiB,fanout=6,accesses=8M",
                    "xsbench:footprint=64GiB,accesses=8M");

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "Nodes of the machine, 2 to 64 (default: ${DEFAULT-VALUE}).")
    private int nodes = 4;

    @Option(
            names = "--node-memory",
            paramLabel = "SIZE",
            description = "Of each node, 64MiB to 512GiB (default: ${DEFAULT-VALUE}).")
    private String nodeMemory = "128GiB";

    @Option(
            names = "--home",
            paramLabel = "NODE",
            description = "Where the CPU and its data are (default: ${DEFAULT-VALUE}).")
    private int home;

    @Option(
            names = "--away",
            paramLabel = "NODE",
            description = "Where remote tables are (default: ${DEFAULT-VALUE}).")
    private int away = 1;

    @Option(
            names = "--remote",
            paramLabel = "TIMES",
            description =
                    "Latency of remote memory, times the local one, 1 to 10 (default:"
                            + " ${DEFAULT-VALUE}).")
    private double remote = 1.65;

    @Option(
            names = "--loaded",
            paramLabel = "TIMES",
            description =
                    "Latency of remote memory that another tenant loads, times the local one, up to"
                            + " 100 (default: 3.5).")
    private @Nullable Double loaded;

    @Option(
            names = "--tenant",
            paramLabel = "PROGRAM",
            description =
                    "Have the remote node loaded by another virtual machine that runs this, instead"
                            + " of --loaded; such as stream:footprint=4GiB.")
    private @Nullable String tenant;

    @Option(
            names = "--tenant-cpus",
            paramLabel = "N",
            description =
                    "CPUs of that virtual machine, 1 to 1024 (default: ${DEFAULT-VALUE}, a"
                            + " socket).")
    private int tenantCpus = 24;

    @Option(
            names = "--bandwidth",
            paramLabel = "GB/S",
            description =
                    "Of a node's memory, for --tenant, 1 to 10000 (default: ${DEFAULT-VALUE}).")
    private double bandwidth = 110;

    @Option(
            names = "--overlap",
            paramLabel = "N",
            description =
                    "References to data that miss the caches and are under way at once, 1 to 100"
                            + " (default: ${DEFAULT-VALUE}, the line-fill buffers of a core).")
    private double overlap = 12;

    @Option(
            names = "--entry-cycles",
            paramLabel = "CYCLES",
            description =
                    "To update an entry in one more copy of a table, 0 to 100000 (default:"
                            + " ${DEFAULT-VALUE}).")
    private int entryCycles = Topology.ENTRY_CYCLES;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of everything random (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin private StoryOptions options = new StoryOptions("cascade-lake-6252");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        options.check();
        if (!(remote >= 1 && remote <= 10)) {
            throw new InputException("--remote is from 1 to 10, not " + remote);
        }
        MachineFile machine = options.machine();
        if (tenant != null && loaded != null) {
            throw new InputException(
                    "--tenant makes the load that --loaded states; use one of them");
        }
        if (tenant == null) {
            new Given(spec)
                    .refuse(List.of("--tenant-cpus", "--bandwidth"), "is for --tenant; give one");
        }
        @Nullable Tenant other = tenant == null ? null : new Tenant(tenant, tenantCpus, bandwidth);
        NumaOptions asked =
                new NumaOptions(
                        programs,
                        new Topology(nodes, remote, entryCycles),
                        Quantities.size(nodeMemory, "--node-memory"),
                        home,
                        away,
                        loaded == null ? LOADED : loaded,
                        overlap,
                        seed);
        Result result =
                StoryOptions.watched(
                        progress -> NumaStory.run(machine.model(), asked, other, progress));
        options.tell(
                "numa",
                machine,
                arguments(asked),
                List.of(result),
                NumaStory.MODEL,
                NumaText.of(machine.model().name(), result));
    }

    private List<String> arguments(NumaOptions asked) {
        List<String> arguments = new ArrayList<>(asked.programs());
        arguments.addAll(
                List.of(
                        "--nodes",
                        Integer.toString(nodes),
                        "--node-memory",
                        nodeMemory,
                        "--home",
                        Integer.toString(home),
                        "--away",
                        Integer.toString(away),
                        "--remote",
                        Double.toString(remote),
                        "--overlap",
                        Double.toString(overlap),
                        "--entry-cycles",
                        Integer.toString(entryCycles),
                        "--seed",
                        Long.toString(seed)));
        if (tenant == null) {
            arguments.addAll(List.of("--loaded", Double.toString(asked.loaded())));
        } else {
            arguments.addAll(
                    List.of(
                            "--tenant",
                            tenant,
                            "--tenant-cpus",
                            Integer.toString(tenantCpus),
                            "--bandwidth",
                            Double.toString(bandwidth)));
        }
        return arguments;
    }
}
