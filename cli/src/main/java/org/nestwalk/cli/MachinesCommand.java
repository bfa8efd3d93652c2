package org.nestwalk.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.report.JsonFormat;
import org.nestwalk.report.MachineListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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

    @Mixin private Output output = new Output();

    @Override
    public void run() {
        output.check(name == null ? List.of() : List.of(name));
        List<MachineListing> machines;
        if (name == null) {
            machines = MachineListing.presets();
            output.show(MachineListing.document(machines));
        } else {
            MachineListing machine = MachineListing.of(Machines.named(name));
            machines = List.of(machine);
            output.show(machine.document());
        }
        output.write(JsonFormat.MACHINES, Map.of("machines", machines));
    }
}
