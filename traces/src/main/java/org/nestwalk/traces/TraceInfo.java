package org.nestwalk.traces;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;

/// What a trace says about itself, before it is read or as far as it has been.
///
/// @param format the format it is in
/// @param source the file's name, or `standard input`
/// @param program the recorded program, or null where the format does not tell
/// @param arguments the program's arguments; empty where unknown
/// @param recorder the tool that recorded it, or null where the format does not tell
/// @param architecture the program's architecture, such as `x86_64`, or null where unknown
/// @param counts accesses by kind, or null where only reading the trace tells
/// @param mappings the program's address space; empty where unknown
/// @param note what is missing from the recording, such as its end; null if nothing is known to be
/// @param pageSize the recorded machine's base pages, in bytes; 0 where unknown
/// @param processes identifiers of the processes whose accesses it holds, in order of appearance;
///   empty where the format does not tell
/// @param warnings sentences on what else a reader of results should know
/// @param dependence whether it says of each data access on which one before it depends
///   ([TraceBlock#distance])
public record TraceInfo(
        TraceFormat format,
        String source,
        @Nullable String program,
        List<String> arguments,
        @Nullable String recorder,
        @Nullable String architecture,
        @Nullable AccessCounts counts,
        List<Mapping> mappings,
        @Nullable String note,
        long pageSize,
        List<Long> processes,
        List<String> warnings,
        boolean dependence) {
    private static final String ARCHITECTURE = "x86_64";
    private static final long PAGE_SIZE = 4096;

    /// Copies the lists.
    public TraceInfo {
        arguments = List.copyOf(arguments);
        mappings = List.copyOf(mappings);
        processes = List.copyOf(processes);
        warnings = List.copyOf(warnings);
    }

    /// What to know of a recording by another machine than those that are simulated.
    ///
    /// @param architecture the recorded machine's, or null where unknown
    /// @param pageSize its base pages in bytes, or 0 where unknown
    public static List<String> foreignMachine(@Nullable String architecture, long pageSize) {
        List<String> warnings = new ArrayList<>();
        if (architecture != null && !architecture.equals(ARCHITECTURE)) {
            warnings.add(
                    "it was recorded on "
                            + architecture
                            + "; its addresses are translated as on "
                            + ARCHITECTURE);
        }
        if (pageSize != 0 && pageSize != PAGE_SIZE) {
            warnings.add(
                    "it was recorded with base pages of "
                            + Quantities.formatSize(pageSize)
                            + "; they are simulated as pages of "
                            + Quantities.formatSize(PAGE_SIZE));
        }
        return warnings;
    }

    /// Says that a trace of several processes does not fit where there is one address space.
    ///
    /// @throws InputException if it holds more than one
    public void requireOneProcess() {
        if (processes.size() > 1) {
            throw InputException.of(
                    "process",
                    source
                            + ": the trace holds the address spaces of several processes ("
                            + processes.stream().map(String::valueOf).collect(joining(", "))
                            + ", ...), and here is one; choose one of them with this option of run"
                            + " or trace convert");
        }
    }
}
