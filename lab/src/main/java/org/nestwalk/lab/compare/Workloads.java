package org.nestwalk.lab.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.Traces;

/// Finds out what a user means by the name of a workload.
public final class Workloads {
    private Workloads() {}

    /// The generated program that `text` describes, for what can run no trace.
    ///
    /// @throws InputException if it is a file, or there is no such program
    public static Program program(String text) {
        if (Files.isRegularFile(Path.of(text))) {
            throw new InputException(
                    text
                            + " is a file; here only generated programs can run, whose memory is"
                            + " one range of addresses: see nestwalk programs");
        }
        return ProgramSpec.parse(text);
    }

    /// The workload called `text`: a trace, if there is such a file or it is `-` (standard input);
    /// otherwise a program such as `gups:footprint=64GiB`.
    ///
    /// @param format the trace's format, or null to find it out by content
    /// @param levels levels of the guest's tables, 4 or 5: what canonical means
    /// @throws InputException if it is neither, or cannot be used
    public static Workload open(String text, @Nullable TraceFormat format, int levels) {
        if (text.equals(Traces.STANDARD_INPUT) || Files.exists(Path.of(text))) {
            return new TraceWorkload(Traces.open(Path.of(text), format), levels);
        }
        if (text.contains("/") || text.matches(".*\\.(nwt|gz|xz|zst|zip|trace|lackey|champsim)")) {
            throw new InputException("no such file: " + text);
        }
        try {
            return new ProgramWorkload(ProgramSpec.parse(text));
        } catch (InputException e) {
            throw text.contains(":")
                    ? e
                    : new InputException("no such file, and " + e.getMessage(), e);
        }
    }
}
