package org.nestwalk.traces.nwt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of a trace when its writing starts.
///
/// @param program the recorded program, or null if unknown
/// @param arguments its arguments
/// @param recorder the tool that records it, or null if unknown
/// @param architecture the program's architecture, such as `x86_64`, or null if unknown
public record NwtHeader(
        @Nullable String program,
        List<String> arguments,
        @Nullable String recorder,
        @Nullable String architecture) {
    /// The base page size of every architecture recorded so far, in bytes.
    private static final String PAGE_SIZE = "4096";

    /// Nothing is known.
    public static final NwtHeader UNKNOWN = new NwtHeader(null, List.of(), null, null);

    KeyValues toKeyValues() {
        KeyValues pairs = new KeyValues().add("program", program);
        arguments.forEach(argument -> pairs.add("argument", argument));
        return pairs.add("recorder", recorder)
                .add("architecture", architecture)
                .add("page-size", PAGE_SIZE);
    }
}
