package org.nestwalk.cli;

import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import picocli.CommandLine.Option;

/// The machine that something runs on.
final class MachineOption {
    /// Its name on the command line.
    static final String NAME = "--machine";

    @Option(
            names = NAME,
            paramLabel = "M",
            description =
                    "A preset or a YAML file; see nestwalk machines (default: ${DEFAULT-VALUE}).")
    private String machine = "skylake-sp";

    MachineFile machine() {
        return Machines.named(machine);
    }
}
