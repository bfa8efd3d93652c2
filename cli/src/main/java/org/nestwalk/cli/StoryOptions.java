package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.report.Json;
import org.nestwalk.report.story.StoryReport;
import org.nestwalk.report.vm.VmManifest;
import picocli.CommandLine.Option;

/// What all stories have in common.
final class StoryOptions {
    @Option(
            names = "--machine",
            paramLabel = "M",
            description =
                    "A preset or a YAML file; see nestwalk machines (default: ${DEFAULT-VALUE}).")
    private String machine;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the result as JSON; - is standard output, instead of the table.")
    private @Nullable Path json;

    /// With the usual machine.
    StoryOptions() {
        this("skylake-sp");
    }

    /// With another machine unless asked otherwise.
    StoryOptions(String machine) {
        this.machine = machine;
    }

    MachineFile machine() {
        return Machines.named(machine);
    }

    /// Fails now if the result could not be written later.
    void check() {
        if (json != null) {
            new OutputFile("--json", json).check(List.of());
        }
    }

    /// Prints or writes a story.
    ///
    /// @param arguments with which to tell it again
    <T> void tell(
            String story,
            MachineFile file,
            List<String> arguments,
            List<T> rows,
            String text,
            PrintWriter out) {
        tell(story, file, arguments, rows, "", text, out);
    }

    /// Prints or writes a story that stands on more than the machine's model.
    ///
    /// @param arguments with which to tell it again
    /// @param model what its figures stand on besides; empty for nothing
    <T> void tell(
            String story,
            MachineFile file,
            List<String> arguments,
            List<T> rows,
            String model,
            String text,
            PrintWriter out) {
        write(
                () -> text,
                () ->
                        new StoryReport<>(
                                story,
                                rows,
                                new StoryReport.Manifest(
                                        Main.VERSION,
                                        file.model().name(),
                                        file.parameters(),
                                        VmManifest.costs(
                                                SoftwareCosts.assumed(file.model().exitCycles())),
                                        arguments,
                                        VmManifest.MODEL + (model.isEmpty() ? "" : "; " + model))),
                out);
    }

    /// Prints a text, and writes a report as JSON where that is asked for, instead of the text if
    /// to the same place.
    void write(Supplier<String> text, Supplier<?> report, PrintWriter out) {
        OutputFile file = json == null ? null : new OutputFile("--json", json);
        OutputFile.show(text, () -> Json.text(report.get()), file, out);
    }
}
