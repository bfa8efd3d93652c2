package org.nestwalk.cli;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.lab.snapshot.SnapshotHost;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Where a snapshot is taken or restored.
final class SnapshotHostOptions {
    @Option(
            names = "--on",
            paramLabel = "sim|kvm",
            description = "What it runs on (default: ${DEFAULT-VALUE}).")
    private String on = "sim";

    @Mixin private MachineOption machine = new MachineOption();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    SnapshotHost host() {
        return switch (on) {
            case "sim" -> new SnapshotHost(machine.machine().model());
            case "kvm" -> {
                new Given(spec)
                        .refuse(
                                List.of(MachineOption.NAME),
                                "is for the simulated machine: KVM runs on this host's processor");
                yield new SnapshotHost(null);
            }
            default ->
                    throw new InputException("unknown machine '%s'; use sim or kvm".formatted(on));
        };
    }
}
