package org.nestwalk.guest.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.guest.StepSource;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// A kind of program, before its parameters have values.
///
/// @param name how users call it
/// @param description one line
/// @param source where it is published
/// @param parameters in the order to show them
/// @param fixedFootprint bytes of its data if they are fixed, 0 if `footprint` is a parameter
/// @param factory a fresh stream for some values
public record ProgramDefinition(
        String name,
        String description,
        String source,
        List<Parameter> parameters,
        long fixedFootprint,
        Function<ProgramArguments, ? extends StepSource> factory) {
    /// Copies the list.
    public ProgramDefinition {
        parameters = List.copyOf(parameters);
    }

    static final long MAX_FOOTPRINT = 64L << 40;
    private static final long DEFAULT_FOOTPRINT = 16L << 30;
    private static final long DEFAULT_ACCESSES = 10_000_000;
    private static final long MAX_ACCESSES = 1_000_000_000_000_000L;

    /// A program with the common parameters, before its `own`: `footprint` of at least
    /// `minFootprint`, `accesses`, `seed` and `base`.
    ///
    /// @param name how users call it: lower-case letters, digits and hyphens
    /// @param description one line
    /// @param source where it is published
    /// @param minFootprint the least footprint in bytes
    /// @param factory a fresh stream for some values, the same for the same ones
    /// @param own its own parameters
    public static ProgramDefinition of(
            String name,
            String description,
            String source,
            long minFootprint,
            Function<ProgramArguments, ? extends StepSource> factory,
            Parameter... own) {
        List<Parameter> parameters = new ArrayList<>();
        parameters.add(
                Parameter.size(
                        "footprint",
                        "bytes of data, an upper bound",
                        DEFAULT_FOOTPRINT,
                        minFootprint,
                        MAX_FOOTPRINT));
        parameters.add(accesses(DEFAULT_ACCESSES));
        parameters.add(Parameter.seed("of the random numbers"));
        parameters.add(
                Parameter.of(
                        "base",
                        "address of the data; 0x"
                                + Long.toHexString(ProgramArguments.BASE_OF_LARGE)
                                + " by default above 1TiB",
                        new Domain.Address(1 << 21, ProgramArguments.END - (1 << 21)),
                        "0x" + Long.toHexString(ProgramArguments.BASE)));
        parameters.addAll(List.of(own));
        return new ProgramDefinition(name, description, source, parameters, 0, factory);
    }

    /// The parameter `accesses`.
    static Parameter accesses(long defaultValue) {
        return Parameter.count(
                "accesses", "loads and stores to generate", defaultValue, 1, MAX_ACCESSES);
    }
}
