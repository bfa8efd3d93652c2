package org.nestwalk.parameter;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.Quantities;

/// Something that can be asked for by name: a parameter of a program or of an experiment.
///
/// @param name as users write it: lower case, words joined by `-`
/// @param meaning one phrase, that begins in lower case and has no full stop
/// @param domain which values it can have
/// @param defaults the values it has unless told otherwise, in canonical form; empty for none
/// @param many whether it takes several values; otherwise one at most
/// @param only when it has a meaning at all; null for always
public record Parameter(
        String name,
        String meaning,
        Domain domain,
        List<String> defaults,
        boolean many,
        @Nullable Requirement only) {

    /// That another parameter has a value, or one of some values; or that it has none.
    ///
    /// @param parameter the other's name
    /// @param present whether it has to have a value
    /// @param values one of these; empty for any
    public record Requirement(String parameter, boolean present, List<String> values) {
        /// Copies the list.
        public Requirement {
            values = List.copyOf(values);
        }
    }

    /// Copies the list.
    public Parameter {
        defaults = List.copyOf(defaults);
    }

    /// One value of a domain.
    ///
    /// @param value the default in canonical form
    public static Parameter of(String name, String meaning, Domain domain, String value) {
        return new Parameter(name, meaning, domain, List.of(value), false, null);
    }

    /// Bytes, from `min` to `max`.
    public static Parameter size(String name, String meaning, long value, long min, long max) {
        return multiple(name, meaning, value, 1, min, max);
    }

    /// Bytes in multiples of `multiple`, from `min` to `max`.
    public static Parameter multiple(
            String name, String meaning, long value, long multiple, long min, long max) {
        return of(name, meaning, new Domain.Size(min, max, multiple), Quantities.formatSize(value));
    }

    /// A count, from `min` to `max`.
    public static Parameter count(String name, String meaning, long value, long min, long max) {
        return of(name, meaning, new Domain.Count(min, max), Quantities.formatCount(value));
    }

    /// A number, from `min` to `max`, without a unit.
    public static Parameter number(
            String name, String meaning, double value, double min, double max) {
        return number(name, meaning, value, min, max, "");
    }

    /// A number of some unit, from `min` to `max`.
    public static Parameter number(
            String name, String meaning, double value, double min, double max, String unit) {
        return of(name, meaning, new Domain.Real(min, max, unit), Double.toString(value));
    }

    /// What random numbers start from; 1 unless told otherwise.
    public static Parameter seed(String meaning) {
        return of("seed", meaning, new Domain.Seed(), "1");
    }

    /// One of some words, the first unless told otherwise.
    public static Parameter choice(String name, String meaning, String... words) {
        return of(name, meaning, new Domain.Choice(List.of(words)), words[0]);
    }

    /// The same with other defaults, or none.
    public Parameter by(String... values) {
        return new Parameter(name, meaning, domain, List.of(values), many, only);
    }

    /// The same with any number of values.
    public Parameter several() {
        return new Parameter(name, meaning, domain, defaults, true, only);
    }

    /// The same with a meaning only if `parameter` has one of `values`, or if it is given where
    /// there are none.
    public Parameter onlyWith(String parameter, String... values) {
        return only(new Requirement(parameter, true, List.of(values)));
    }

    /// The same with a meaning only if `parameter` is not given, which stands in its place.
    public Parameter onlyWithout(String parameter) {
        return only(new Requirement(parameter, false, List.of()));
    }

    private Parameter only(Requirement requirement) {
        return new Parameter(name, meaning, domain, defaults, many, requirement);
    }

    /// What values are allowed, in words: `4KiB to 64TiB`.
    public String bounds() {
        return domain.bounds();
    }
}
