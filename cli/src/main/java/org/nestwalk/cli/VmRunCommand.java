package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.vm.KvmExperiment;
import org.nestwalk.lab.vm.KvmResult;
import org.nestwalk.lab.vm.VmExperiment;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.report.vm.KvmReport;
import org.nestwalk.report.vm.KvmText;
import org.nestwalk.report.vm.VmReport;
import org.nestwalk.report.vm.VmText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            "On the simulated machine, or on this host's own KVM with --on kvm, where times are"
                    + " measured and the host decides about frames.",
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
            names = "--on",
            paramLabel = "sim|kvm",
            description = "What it runs on (default: sim). nestwalk doctor tells about this host.")
    private String on = "sim";

    @Mixin private MachineOption machine = new MachineOption();

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description =
                    "On KVM: the host's NUMA node to bind memory and threads to (default: where"
                            + " there are several, the first that suits).")
    private @Nullable Integer node;

    @Mixin private VmParameters parameters = new VmParameters();

    @Mixin private Output output = new Output();

    @Mixin private ProgressOption progress = new ProgressOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        output.check(programs);
        boolean onKvm = isOnKvm();
        VmOptions options = parameters.options(programs, onKvm);
        try (Interruption interruption = new Interruption()) {
            if (onKvm) {
                KvmReport report = runOnKvm(options, interruption);
                output.show(KvmText.of(report));
                warn(report.warnings());
                output.write(JsonFormat.KVM, report);
                return report.isFlawless() ? 0 : 1;
            }
            MachineFile machineFile = machine.machine();
            parameters.checkSeed(machineFile);
            VmReport report = run(options, machineFile, interruption);
            output.show(VmText.of(report));
            warn(report.warnings());
            output.write(JsonFormat.VM, report);
            return report.isFlawless() ? 0 : 1;
        }
    }

    /// Whether it runs on KVM.
    ///
    /// @throws InputException if that is not known, or options of the simulated machine are given
    private boolean isOnKvm() {
        return switch (on) {
            case "sim" -> {
                if (node != null) {
                    throw new InputException(
                            "--node is for KVM: the simulated machine of vm run has one node; see"
                                    + " nestwalk lab numa");
                }
                yield false;
            }
            case "kvm" -> {
                if (new Given(spec).has(MachineOption.NAME)) {
                    throw new InputException(
                            "--machine is for the simulated machine: KVM runs on this host's"
                                    + " processor; use --on sim");
                }
                parameters.checkOnKvm();
                yield true;
            }
            default ->
                    throw new InputException("unknown machine '%s'; use sim or kvm".formatted(on));
        };
    }

    private KvmReport runOnKvm(VmOptions options, Interruption interruption) {
        try (Progress shown = progress.begin("run");
                KvmExperiment experiment =
                        new KvmExperiment(
                                options,
                                node == null ? OptionalInt.empty() : OptionalInt.of(node))) {
            announce();
            KvmResult result = experiment.run(shown.until(interruption));
            return KvmReport.of(
                    result, experiment.identities(), experiment.warnings(), Main.VERSION);
        }
    }

    /// Says on standard error what the text would have said.
    private void warn(List<String> warnings) {
        if (!output.isQuiet()) {
            return;
        }
        PrintWriter err = spec.commandLine().getErr();
        warnings.forEach(warning -> err.println("nestwalk: " + warning));
        err.flush();
    }

    private void announce() {
        output.announce("Running " + String.join(", ", programs) + ".");
    }

    private VmReport run(VmOptions options, MachineFile file, Interruption interruption) {
        try (Progress shown = progress.begin("run")) {
            VmExperiment experiment = new VmExperiment(options, file.model());
            announce();
            VmResult result = experiment.run(shown.until(interruption));
            return VmReport.of(
                    result, experiment.identities(), experiment.warnings(), file, Main.VERSION);
        } catch (OutOfMemoryError e) {
            throw new InputException(
                    "not enough memory; use --no-contents or programs of a smaller footprint, or"
                            + " give Java more with NESTWALK_JAVA_OPTS=-Xmx8g",
                    e);
        }
    }
}
