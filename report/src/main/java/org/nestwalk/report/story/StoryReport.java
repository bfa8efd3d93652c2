package org.nestwalk.report.story;

import java.util.List;
import org.nestwalk.lab.machines.MachineFile;

/// A story as JSON: its rows, and all that is needed to tell it again.
///
/// @param story its name on the command line
/// @param rows what came of each variation
/// @param manifest how it was told
public record StoryReport<T>(String story, List<T> rows, Manifest manifest) {
    /// Copies the list.
    public StoryReport {
        rows = List.copyOf(rows);
    }

    /// All that is needed to tell it again.
    ///
    /// @param version Nestwalk's
    /// @param machine the processor's name
    /// @param parameters every parameter of it with its source
    /// @param costs of software
    /// @param arguments of the story
    /// @param model what the cycles mean
    public record Manifest(
            String version,
            String machine,
            List<MachineFile.Parameter> parameters,
            List<MachineFile.Parameter> costs,
            List<String> arguments,
            String model) {
        /// Copies the lists.
        public Manifest {
            parameters = List.copyOf(parameters);
            costs = List.copyOf(costs);
            arguments = List.copyOf(arguments);
        }
    }
}
