package org.nestwalk.traces.nwt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of a trace when its writing starts.
///
/// @param program the recorded program, or null if unknown
/// @param arguments its arguments
/// @param recorder the tool that records it, or null if unknown
/// @param architecture the program's architecture, such as `x86_64`, or null if unknown
/// @param pageSize the base page size of the recorded machine in bytes; 0 if unknown
/// @param dependence whether blocks say of each data access on which one before it depends
public record NwtHeader(
        @Nullable String program,
        List<String> arguments,
        @Nullable String recorder,
        @Nullable String architecture,
        long pageSize,
        boolean dependence) {
    private static final long DEFAULT_PAGE_SIZE = 4096;
    private static final String DEPENDENCE = "dependence";
    private static final String BY_REGISTERS = "registers";

    /// Nothing is known.
    public static final NwtHeader UNKNOWN = new NwtHeader(null, List.of(), null, null);

    /// Of a machine with pages of 4 KiB, without dependence.
    public NwtHeader(
            @Nullable String program,
            List<String> arguments,
            @Nullable String recorder,
            @Nullable String architecture) {
        this(program, arguments, recorder, architecture, false);
    }

    /// Of a machine with pages of 4 KiB.
    public NwtHeader(
            @Nullable String program,
            List<String> arguments,
            @Nullable String recorder,
            @Nullable String architecture,
            boolean dependence) {
        this(program, arguments, recorder, architecture, DEFAULT_PAGE_SIZE, dependence);
    }

    KeyValues toKeyValues() {
        KeyValues pairs = new KeyValues().add("program", program);
        arguments.forEach(argument -> pairs.add("argument", argument));
        return pairs.add("recorder", recorder)
                .add("architecture", architecture)
                .add("page-size", Long.toString(pageSize == 0 ? DEFAULT_PAGE_SIZE : pageSize))
                .add(DEPENDENCE, dependence ? BY_REGISTERS : null);
    }

    /// Whether a header with these pairs promises dependence.
    static boolean saysDependence(KeyValues pairs) {
        return BY_REGISTERS.equals(pairs.get(DEPENDENCE));
    }
}
