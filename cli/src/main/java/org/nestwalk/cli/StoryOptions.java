package org.nestwalk.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
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

    StoryOptions() {
        this("skylake-sp");
    }

    /// @param machine of a story that is about another one than most
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
        OutputFile output = json == null ? null : new OutputFile("--json", json);
        if (output == null || !output.isStandardOutput()) {
            out.print(text);
            out.flush();
        }
        if (output != null) {
            var manifest =
                    new StoryReport.Manifest(
                            Main.VERSION,
                            file.model().name(),
                            file.parameters(),
                            VmManifest.costs(SoftwareCosts.assumed(file.model().exitCycles())),
                            arguments,
                            VmManifest.MODEL + (model.isEmpty() ? "" : "; " + model));
            output.write(Json.text(new StoryReport<>(story, rows, manifest)), out);
        }
    }
}
