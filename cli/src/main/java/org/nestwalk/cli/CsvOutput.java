package org.nestwalk.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The figures of a result as comma-separated values, where `--csv` asks for them.
final class CsvOutput {
    private static final String OPTION = "--csv";

    @Option(
            names = OPTION,
            paramLabel = "FILE",
            description = "Write the result as CSV; - is standard output, instead of the text.")
    private @Nullable Path csv;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// Fails now if it could not be written later, would destroy one of `inputs`, or is the same as
    /// what `other` writes.
    void check(List<String> inputs, Output other) {
        if (csv == null) {
            return;
        }
        other.checkDiffers(OPTION, csv);
        new OutputFile(OPTION, csv).check(inputs);
    }

    /// Fails if the CSV would take the place of what `option` writes to `other`.
    void checkDiffers(String option, Path other) {
        if (csv != null && new OutputFile(OPTION, csv).isSame(other)) {
            throw new InputException("%s and %s both name %s".formatted(OPTION, option, other));
        }
    }

    /// Whether there is anything to write.
    boolean isAsked() {
        return csv != null;
    }

    /// Whether standard output is for CSV only.
    boolean isQuiet() {
        return csv != null && new OutputFile(OPTION, csv).isStandardOutput();
    }

    /// Writes `text`, if that is asked for.
    void write(String text) {
        if (csv != null) {
            new OutputFile(OPTION, csv).write(text, spec.commandLine().getOut());
        }
    }
}
