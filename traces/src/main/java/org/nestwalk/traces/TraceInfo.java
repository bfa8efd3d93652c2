package org.nestwalk.traces;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a trace says about itself before it is read.
///
/// @param format the format it is in
/// @param source the file's name, or `standard input`
/// @param program the recorded program, or null where the format does not tell
/// @param arguments the program's arguments; empty where unknown
/// @param recorder the tool that recorded it, or null where the format does not tell
/// @param architecture the program's architecture, such as `x86_64`, or null where unknown
/// @param counts accesses by kind, or null where only reading the trace tells
/// @param mappings the program's address space; empty where unknown
/// @param note what the user should know, such as a missing index; null if nothing
public record TraceInfo(
        TraceFormat format,
        String source,
        @Nullable String program,
        List<String> arguments,
        @Nullable String recorder,
        @Nullable String architecture,
        @Nullable AccessCounts counts,
        List<Mapping> mappings,
        @Nullable String note) {

    /// A trace of which only the format is known.
    public static TraceInfo unknown(TraceFormat format, String source) {
        return new TraceInfo(format, source, null, List.of(), null, null, null, List.of(), null);
    }
}
