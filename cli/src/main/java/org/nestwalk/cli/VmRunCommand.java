package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nestwalk.InputException;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.experiment.Written;
import org.nestwalk.lab.labs.vm.VmReport;
import org.nestwalk.lab.labs.vm.VmRunExperiment;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.parameter.Arguments;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk vm run PROGRAM|TRACE...`: programs in a virtual machine, from the first touch of its
/// memory to the end.
@Command(
        name = "run",
        description = {
            "Run programs or traces, each on every virtual CPU, in a virtual machine whose guest"
                    + " has a kernel and whose host has a hypervisor: page faults, exits and large"
                    + " pages as they come about.",
            "On the simulated machine, or on this host's own KVM with --on kvm, where times are"
                    + " measured and the host decides about frames.",
            "Ends with status 0 if every program ends with the checksum that it has to have, 1 if"
                    + " one does not or fails, 2 on bad input."
        },
        mixinStandardHelpOptions = true)
final class VmRunCommand implements Callable<Integer> {
    private final VmRunExperiment experiment = new VmRunExperiment();
    private final ParameterOptions parameters = new ParameterOptions(experiment.spec());

    @Mixin private Output output = new Output();
    @Mixin private CsvOutput csv = new CsvOutput();
    @Mixin private ProgressOption progress = new ProgressOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    private VmRunCommand() {}

    /// The command, with what the experiment can be asked as options.
    static CommandLine command() {
        VmRunCommand run = new VmRunCommand();
        CommandSpec spec = CommandSpec.forAnnotatedObject(run);
        run.parameters.addTo(spec);
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        Arguments given = parameters.read(spec.commandLine().getParseResult());
        List<String> programs = given.texts(Workloads.PROGRAM);
        output.check(programs);
        csv.check(programs, output);
        VmReport report = run(given, programs);
        Written written = experiment.written(given, report, true, Version.NUMBER);
        if (!csv.isQuiet()) {
            output.show(written.document());
        }
        warn(report.told());
        csv.write(written.csv());
        output.write(written);
        return report.isFlawless() ? 0 : 1;
    }

    private VmReport run(Arguments given, List<String> programs) {
        try (Interruption interruption = new Interruption();
                Progress progress = this.progress.begin("run")) {
            ProgressListener shown = progress.until(interruption);
            AtomicBoolean announced = new AtomicBoolean();
            Laboratory laboratory =
                    Laboratory.watchedBy(event -> {
                        if (!announced.getAndSet(true) && !csv.isQuiet()) {
                            output.announce("Running " + String.join(", ", programs) + ".");
                        }
                        return shown.update(event);
                    });
            return experiment.run(laboratory, given);
        } catch (OutOfMemoryError e) {
            throw new InputException(
                    "not enough memory; use --no-contents or programs of a smaller footprint, or"
                            + " give Java more with NESTWALK_JAVA_OPTS=-Xmx8g",
                    e);
        }
    }

    /// What people would read at the head of the text, where that is not shown.
    private void warn(List<String> warnings) {
        if (!output.isQuiet() && !csv.isQuiet()) {
            return;
        }
        PrintWriter err = spec.commandLine().getErr();
        warnings.forEach(warning -> err.println("nestwalk: " + warning));
        err.flush();
    }
}
