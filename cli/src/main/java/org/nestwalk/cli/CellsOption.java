package org.nestwalk.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nestwalk.InputException;
import org.nestwalk.document.Figures;
import org.nestwalk.lab.sweep.Cells;
import org.nestwalk.lab.sweep.Study;
import picocli.CommandLine.Option;

/// Which combinations of a study are run.
final class CellsOption {
    private static final long MANY = 10_000;
    private static final String YES = "--yes";
    private static final String SKIP_IMPOSSIBLE = "--skip-impossible";

    @Option(
            names = SKIP_IMPOSSIBLE,
            description =
                    "Leaves out combinations that cannot be, such as ways that do not divide the"
                            + " entries; otherwise they are an error.")
    private boolean skipImpossible;

    @Option(names = YES, description = "Runs a study of more than 10,000 combinations.")
    private boolean yes;

    /// The study in a YAML file.
    ///
    /// @throws InputException if it is none
    static Study read(Path file) {
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder; name a study's YAML file");
        }
        try {
            return Study.read(String.valueOf(file.getFileName()), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The cells of `study`.
    ///
    /// @throws InputException if there are very many, and that is not said to be meant, or if some
    ///   cannot be
    Cells of(Study study) {
        long all = Cells.combinations(study);
        if (all > MANY && !yes) {
            throw new InputException(
                    Figures.format(
                            "the study has %,d combination{s}; give %s if all of them are meant",
                            all, YES));
        }
        return Cells.of(study, skipImpossible);
    }

    /// The same options for another command line, each after a space.
    String words() {
        return (skipImpossible ? " " + SKIP_IMPOSSIBLE : "") + (yes ? " " + YES : "");
    }
}
