package org.nestwalk.traces.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a trace in another tool's format has said of itself, as far as it has been read.
///
/// @param architecture that it was recorded on, such as `x86_64`, or null where unknown
/// @param pageSize the recorded machine's, in bytes; 0 where unknown
/// @param processes identifiers of the processes whose accesses it holds, in order of appearance;
///   empty where the format does not tell
/// @param note what is missing from it; null if nothing is known to be
/// @param warnings sentences on what its accesses are not, such as all of the program's
public record TraceDetails(
        @Nullable String architecture,
        long pageSize,
        List<Long> processes,
        @Nullable String note,
        List<String> warnings) {
    /// Nothing is known.
    public static final TraceDetails NONE = new TraceDetails(null, 0, List.of(), null, List.of());

    /// Copies the lists.
    public TraceDetails {
        processes = List.copyOf(processes);
        warnings = List.copyOf(warnings);
    }

    /// Only these processes and warnings are known.
    static TraceDetails of(List<Long> processes, List<String> warnings) {
        return new TraceDetails(null, 0, processes, null, warnings);
    }
}
