package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.report.MachineListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk machines [NAME]`: lists the machines, or shows one with the source of every parameter.
@Command(
        name = "machines",
        description = "List the machines, or show one with the source of every parameter.",
        mixinStandardHelpOptions = true)
final class MachinesCommand implements Runnable {
    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "A machine's name, or the path of a file ending in .yaml.")
    private @Nullable String name;

    @Option(
            names = "--yaml",
            description =
                    "Write the file of the machine, to be changed and given as a machine again.")
    private boolean yaml;

    @Mixin private Output output = new Output();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        output.check(name == null ? List.of() : List.of(name));
        if (yaml) {
            writeFile();
            return;
        }
        List<MachineListing> machines;
        Document document;
        if (name == null) {
            machines = MachineListing.presets();
            document = MachineListing.document(machines);
        } else {
            MachineListing machine = MachineListing.of(Machines.named(name));
            machines = List.of(machine);
            document = machine.document();
        }
        output.show(document);
        output.write(JsonFormat.MACHINES, Map.of("machines", machines), document);
    }

    private void writeFile() {
        if (name == null) {
            throw new InputException(
                    "--yaml writes one machine; name it, as in: machines skylake-sp --yaml");
        }
        if (output.isWritten()) {
            throw new InputException(
                    "--yaml writes the machine in a form of its own, without --json and --html");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(Machines.text(name));
        out.flush();
    }
}
