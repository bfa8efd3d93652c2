package org.nestwalk.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.sweep.StudyFolder;
import picocli.CommandLine.Option;

/// The folder in which a study's results are kept.
final class FolderOption {
    /// Its name on the command line.
    static final String NAME = "--into";

    @Option(
            names = NAME,
            paramLabel = "FOLDER",
            description =
                    "Where results are kept, and those of an earlier start are found; has to be"
                            + " given.")
    private @Nullable Path folder;

    /// The folder.
    ///
    /// @throws InputException if none is named, or one that is for something else
    Path path() {
        if (folder == null) {
            throw new InputException(
                    "name a folder for the results by %s; finished ones are kept there"
                            .formatted(NAME));
        }
        try {
            StudyFolder.check(folder);
        } catch (InputException e) {
            throw new InputException(NAME + ": " + e.getMessage(), e);
        }
        return folder;
    }
}
