package org.nestwalk.traces;

import org.jspecify.annotations.Nullable;

/// How a trace is to be read, beside what it says of itself.
///
/// @param format its format, or null to find it out by its contents
/// @param process the identifier of the only process to read, or null to read all
public record TraceChoice(@Nullable TraceFormat format, @Nullable Long process) {
    /// By what the trace says, and all of it.
    public static final TraceChoice ALL = new TraceChoice(null, null);
}
