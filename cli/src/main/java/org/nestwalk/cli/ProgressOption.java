package org.nestwalk.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Whether, and how, a command tells how far it is.
final class ProgressOption {
    /// Its name on the command line.
    static final String NAME = "--progress";

    /// How it is told.
    enum Form {
        /// On one line for people.
        TEXT,
        /// For programs: each line an object of JSON.
        JSON,
        /// Not at all.
        NONE
    }

    @Option(
            names = NAME,
            paramLabel = "text|json|none",
            description =
                    "How far it is, on standard error: text on one line, json with an object a line"
                            + " for programs, or none (default: text on a terminal, otherwise"
                            + " none).")
    private @Nullable Form form;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// Progress of which events say what it is.
    Progress begin() {
        return begin("", "");
    }

    /// Progress of doing `phase`, such as `recorded`, to accesses.
    Progress begin(String phase) {
        return begin(phase, Progress.ACCESSES);
    }

    private Progress begin(String phase, String unit) {
        Form usual = Terminal.isStandardError() ? Form.TEXT : Form.NONE;
        return new Progress(form == null ? usual : form, spec.commandLine().getErr(), phase, unit);
    }
}
