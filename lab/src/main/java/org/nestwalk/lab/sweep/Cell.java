package org.nestwalk.lab.sweep;

import java.util.Map;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.parameter.Arguments;

/// One combination of values, and what it asks the experiment.
///
/// @param index from 0, in the order of the study
/// @param id 24 hexadecimal digits: the digest of all that the result depends on
/// @param values of the axes, by their names, in order
/// @param experiment what is asked
/// @param arguments values of all its parameters
public record Cell(
        int index,
        String id,
        Map<String, String> values,
        Experiment<?> experiment,
        Arguments arguments) {
    /// What people call it: its values.
    public String name() {
        StringBuilder name = new StringBuilder();
        values.forEach((axis, value) ->
                name.append(name.isEmpty() ? "" : " ").append(axis).append('=').append(value));
        return name.toString();
    }
}
