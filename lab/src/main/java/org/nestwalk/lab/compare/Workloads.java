package org.nestwalk.lab.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Names;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.guest.program.Programs;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;
import org.nestwalk.traces.TraceChoice;
import org.nestwalk.traces.TraceFormat;
import org.nestwalk.traces.Traces;

/// Finds out what a user means by the name of a workload.
public final class Workloads {
    /// The name of the parameter that says what programs run.
    public static final String PROGRAM = "program";

    private Workloads() {}

    /// A parameter that takes generated programs: one, or several with [Parameter#several].
    public static Parameter programs(String meaning, String... usual) {
        return named("PROGRAM", meaning, usual);
    }

    /// A parameter that takes generated programs and traces: one, or several with
    /// [Parameter#several].
    public static Parameter programsAndTraces(String meaning, String... usual) {
        return named("PROGRAM|TRACE", meaning, usual);
    }

    private static Parameter named(String symbol, String meaning, String... usual) {
        Domain domain = new Domain.Text(symbol, "", text -> text);
        return new Parameter(PROGRAM, meaning, domain, List.of(usual), usual.length > 1, List.of());
    }

    /// The workload called `text`, of which all is read, like [#open(String, int, TraceChoice)].
    public static Workload open(String text, @Nullable TraceFormat format, int levels) {
        return open(text, levels, new TraceChoice(format, null));
    }

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
    /// @param choice how to read a trace
    /// @param levels levels of the guest's tables, 4 or 5: what canonical means
    /// @throws InputException if it is neither, or cannot be used
    public static Workload open(String text, int levels, TraceChoice choice) {
        if (text.equals(Traces.STANDARD_INPUT) || Files.exists(Path.of(text))) {
            return new TraceWorkload(Traces.open(Path.of(text), choice), levels);
        }
        String name = text.replaceFirst(":.*", "");
        if (!Programs.names().contains(name) && text.matches(".*[/.].*")) {
            throw new InputException("no such file: " + text);
        }
        if (!Programs.names().contains(name)) {
            throw new InputException(
                    "'%s' is neither a file nor a program%s; the programs are %s"
                            .formatted(
                                    text,
                                    Names.suggestion(name, Programs.names()),
                                    String.join(", ", Programs.names())));
        }
        if (choice.process() != null) {
            throw InputException.of("process", text + " is a program; only traces have processes");
        }
        return new ProgramWorkload(ProgramSpec.parse(text));
    }
}
