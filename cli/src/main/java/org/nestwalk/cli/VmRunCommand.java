package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.vm.VmExperiment;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.report.Json;
import org.nestwalk.report.vm.VmReport;
import org.nestwalk.report.vm.VmText;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk vm run PROGRAM|TRACE...`: programs in a virtual machine, from the first touch of its
/// memory to the end.
@Command(
        name = "run",
        description = {
            "Run programs or traces, each on every virtual CPU, in a virtual machine whose guest"
                    + " has a kernel and whose host has a hypervisor: page faults, exits and large"
                    + " pages as they come about.",
            "Ends with status 0 if every program ends with the checksum that it has to have, 1 if"
                    + " one does not or fails, 2 on bad input."
        },
        mixinStandardHelpOptions = true)
final class VmRunCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "PROGRAM|TRACE",
            arity = "1..*",
            description = "Programs, see nestwalk programs, or trace files.")
    private List<String> programs = List.of();

    @Option(
            names = "--machine",
            paramLabel = "M",
            description =
                    "A preset or a YAML file; see nestwalk machines (default: ${DEFAULT-VALUE}).")
    private String machine = "skylake-sp";

    @ArgGroup(validate = false, heading = "%nThe virtual machine:%n")
    private VmParameters parameters = new VmParameters();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the result as JSON; - is standard output, instead of the text.")
    private @Nullable Path json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        OutputFile file = json == null ? null : new OutputFile("--json", json);
        if (file != null) {
            file.check(programs);
        }
        boolean quiet = file != null && file.isStandardOutput();
        MachineFile machineFile = Machines.named(machine);
        PrintWriter out = spec.commandLine().getOut();
        try (Interruption interruption = new Interruption()) {
            VmReport report = run(parameters.options(programs), machineFile, interruption, quiet);
            if (!quiet) {
                out.print(VmText.of(report));
                out.flush();
            }
            if (file != null) {
                file.write(Json.text(report), out);
            }
            return report.isFlawless() ? 0 : 1;
        }
    }

    private VmReport run(
            VmOptions options, MachineFile file, Interruption interruption, boolean quiet) {
        try (Progress progress = new Progress("run")) {
            VmExperiment experiment = new VmExperiment(options, file.model());
            if (!quiet) {
                PrintWriter out = spec.commandLine().getOut();
                out.printf("Running %s.%n%n", String.join(", ", programs));
                out.flush();
            }
            VmResult result =
                    experiment.run((done, total) -> {
                        progress.accept(done, total);
                        return !interruption.isRequested();
                    });
            return VmReport.of(result, experiment.identities(), file, Main.VERSION);
        } catch (OutOfMemoryError e) {
            throw new InputException(
                    "not enough memory; use --no-contents or programs of a smaller footprint, or"
                            + " give Java more with NESTWALK_JAVA_OPTS=-Xmx8g",
                    e);
        }
    }
}
