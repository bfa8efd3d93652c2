package org.nestwalk.lab.machines;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.mmu.model.ProcessorModel;

/// A machine as a file describes it.
///
/// @param model the machine
/// @param parameters every parameter in the file's order of fields
public record MachineFile(ProcessorModel model, List<Parameter> parameters) {
    /// Copies the list.
    public MachineFile {
        parameters = List.copyOf(parameters);
    }

    /// One parameter.
    ///
    /// @param path where it is in the file, for example `firstLevelTlbs[0].ways`
    /// @param value as written
    /// @param source where the value comes from, or null if the file does not say; a source that
    ///   begins with `assumption` is none
    public record Parameter(String path, String value, @Nullable String source) {}
}
