package org.nestwalk.cli;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import picocli.CommandLine.Option;

/// How many accesses are taken at most.
final class LimitOption {
    /// Its name on the command line.
    static final String NAME = "--limit";

    @Option(
            names = NAME,
            paramLabel = "N",
            description =
                    "Take the first N accesses only (of each program), such as 5000000 or 5M.")
    private @Nullable String limit;

    boolean isGiven() {
        return limit != null;
    }

    /// Fails now if it is no limit.
    void check() {
        long _ = accesses();
    }

    /// As it was written, for messages.
    String text() {
        return String.valueOf(limit);
    }

    /// The number, or [Long#MAX_VALUE] if there is no limit.
    ///
    /// @throws InputException if it is none of at least 1
    long accesses() {
        if (limit == null) {
            return Long.MAX_VALUE;
        }
        long count = Quantities.count(limit, NAME);
        if (count < 1) {
            throw new InputException(NAME + " must be at least 1, not " + limit);
        }
        return count;
    }
}
