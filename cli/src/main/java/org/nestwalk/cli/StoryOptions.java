package org.nestwalk.cli;

import java.util.List;
import java.util.function.Function;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.machines.AssumedCosts;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.VmExperiment;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.report.story.StoryReport;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What all stories have in common.
final class StoryOptions {
    @Option(
            names = "--machine",
            paramLabel = "M",
            description =
                    "A preset or a YAML file; see nestwalk machines (default: ${DEFAULT-VALUE}).")
    private String machine;

    @Mixin private Output output = new Output();

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
        check(List.of());
    }

    /// Fails now if the result could not be written later, or would destroy one of `inputs`.
    void check(List<String> inputs) {
        output.check(inputs);
    }

    /// Tells a story while a terminal shows how far it is.
    ///
    /// @throws InputException if there is too little memory for it
    static <T> T watched(Function<ProgressListener, T> story) {
        try (Progress progress = new Progress("run")) {
            return story.apply(event -> {
                progress.accept(event.done(), event.total());
                return true;
            });
        } catch (OutOfMemoryError e) {
            throw new InputException("not enough memory; use programs of smaller footprints", e);
        }
    }

    /// Prints or writes a story.
    ///
    /// @param arguments with which to tell it again
    <T> void tell(
            String story, MachineFile file, List<String> arguments, List<T> rows, Document text) {
        tell(story, file, arguments, rows, "", text);
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
            Document text) {
        output.show(text);
        output.write(
                JsonFormat.LAB,
                new StoryReport<>(
                        story,
                        rows,
                        new StoryReport.Manifest(
                                Version.NUMBER,
                                file.model().name(),
                                file.parameters(),
                                AssumedCosts.of(
                                        SoftwareCosts.assumed(file.model().costs().exitCycles())),
                                arguments,
                                VmExperiment.MODEL + (model.isEmpty() ? "" : "; " + model))));
    }

    /// What is shown, for results that are no simulation's.
    Output output() {
        return output;
    }
}
