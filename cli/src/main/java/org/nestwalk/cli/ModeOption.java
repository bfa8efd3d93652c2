package org.nestwalk.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How addresses are translated.
final class ModeOption {
    /// Its name on the command line.
    static final String NAME = "--mode";

    /// Nested paging in the format that the machine has.
    static final String NESTED = "nested";

    @Option(
            names = NAME,
            paramLabel = "MODE",
            description =
                    "How addresses are translated: nested, as the machine has it; shadow; or"
                        + " native, without a hypervisor. One walk can also be explained in ept,"
                        + " npt or flat (default: nested).")
    private @Nullable String mode;

    boolean isGiven() {
        return mode != null;
    }

    /// As it was written.
    String text() {
        return mode == null ? NESTED : mode;
    }
}
