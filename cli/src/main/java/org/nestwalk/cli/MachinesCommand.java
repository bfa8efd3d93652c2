package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.report.Json;
import org.nestwalk.report.MachineListing;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk machines [NAME]`: lists the machines, or shows one with the source of every parameter.
@Command(
        name = "machines",
        description = "Lists the machines, or shows one with the source of every parameter.",
        mixinStandardHelpOptions = true)
final class MachinesCommand implements Runnable {
    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "A machine's name, or the path of a file ending in .yaml.")
    private @Nullable String name;

    @ArgGroup private Form form = new Form();

    /// How to write it.
    private static final class Form {
        @Option(names = "--json", description = "Writes JSON.")
        private boolean json;

        @Option(
                names = "--yaml",
                description =
                        "Writes the file of the machine, to be changed and given as a machine"
                                + " again.")
        private boolean yaml;
    }

    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (form.yaml) {
            if (name == null) {
                throw new InputException(
                        "--yaml writes one machine; name it, as in: machines skylake-sp --yaml");
            }
            out.print(Machines.text(name));
        } else if (name == null) {
            List<MachineListing> presets = MachineListing.presets();
            out.print(form.json ? Json.text(presets) : MachineListing.text(presets));
        } else {
            MachineListing machine = MachineListing.of(Machines.named(name));
            out.print(form.json ? Json.text(machine) : machine.text());
        }
        out.flush();
    }
}
