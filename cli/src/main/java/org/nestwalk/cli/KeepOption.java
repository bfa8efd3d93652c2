package org.nestwalk.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Where a guest is kept if it is not known which side of a migration has it.
final class KeepOption {
    @Option(
            names = "--keep",
            paramLabel = "FILE",
            description =
                    "Where to keep the guest if it is not known which side has it (default:"
                            + " in-doubt.nws; another name if that is there).")
    private Path keep = Path.of("in-doubt.nws");

    /// The file.
    Path path() {
        return keep;
    }
}
