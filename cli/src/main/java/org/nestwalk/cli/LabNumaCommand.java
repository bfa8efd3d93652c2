package org.nestwalk.cli;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.numa.NumaOptions;
import org.nestwalk.lab.numa.NumaStory;
import org.nestwalk.lab.numa.NumaStory.Result;
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
                            + " 100 (default: ${DEFAULT-VALUE}).")
    private double loaded = 3.5;

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
        MachineFile machine = options.machine();
        NumaOptions asked =
                new NumaOptions(
                        programs,
                        new Topology(nodes, remote, entryCycles),
                        Quantities.size(nodeMemory, "--node-memory"),
                        home,
                        away,
                        loaded,
                        overlap,
                        seed);
        Result result;
        try (Progress progress = new Progress("run")) {
            result =
                    NumaStory.run(
                            machine.model(),
                            asked,
                            (done, total) -> {
                                progress.accept(done, total);
                                return true;
                            });
        } catch (OutOfMemoryError e) {
            throw new InputException("not enough memory; use programs of smaller footprints", e);
        }
        options.tell(
                "numa",
                machine,
                arguments(asked),
                List.of(result),
                NumaStory.MODEL,
                NumaText.of(machine.model().name(), result),
                spec.commandLine().getOut());
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
                        "--loaded",
                        Double.toString(loaded),
                        "--overlap",
                        Double.toString(overlap),
                        "--entry-cycles",
                        Integer.toString(entryCycles),
                        "--seed",
                        Long.toString(seed)));
        return arguments;
    }
}
