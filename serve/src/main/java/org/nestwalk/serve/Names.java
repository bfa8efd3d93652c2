package org.nestwalk.serve;

import org.nestwalk.lab.experiment.Experiment;

/// What users of the command line call things, so that a page says the same as it.
public interface Names {
    /// The command that runs an experiment, such as `nestwalk vm run`.
    String command(Experiment.Spec spec);

    /// What sets a parameter, such as `--seed`.
    String parameter(Experiment.Spec spec, String name);
}
