package org.nestwalk.parameter;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.Quantities;

/// Something that can be asked for by name: a parameter of a program or of an experiment.
///
/// @param name as users write it: lower case, words joined by `-`
/// @param meaning one phrase, that begins in lower case and has no full stop
/// @param domain which values it can have
/// @param defaults the values it has unless told otherwise, in canonical form; empty for none
/// @param many whether it takes several values; otherwise one at most
/// @param only when it has a meaning at all: if all of these are met
public record Parameter(
        String name,
        String meaning,
        Domain domain,
        List<String> defaults,
        boolean many,
        List<Requirement> only) {

    /// That another parameter has a value, or one of some values; or that it has none. One of some
    /// values is not asked of a parameter that itself has no meaning.
    ///
    /// @param parameter the other's name
    /// @param present whether it has to have a value
    /// @param values one of these; empty for any
    /// @param why it is so, in words that follow a colon; empty if that is plain
    public record Requirement(String parameter, boolean present, List<String> values, String why) {
        /// Copies the list.
        public Requirement {
            values = List.copyOf(values);
        }
    }

    /// Copies the lists.
    public Parameter {
        defaults = List.copyOf(defaults);
        only = List.copyOf(only);
    }

    /// Values of a domain without defaults: one at most.
    public static Parameter optional(String name, String meaning, Domain domain) {
        return new Parameter(name, meaning, domain, List.of(), false, List.of());
    }

    /// One value of a domain.
    ///
    /// @param value the default in canonical form
    public static Parameter of(String name, String meaning, Domain domain, String value) {
        return optional(name, meaning, domain).by(value);
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

    /// Something that is done if it is asked for.
    public static Parameter flag(String name, String meaning) {
        return of(name, meaning, new Domain.Flag(), Domain.Flag.UNSET);
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
        return onlyWith(parameter, List.of(values), "");
    }

    /// The same with a meaning only if `parameter` has one of `values`.
    ///
    /// @param why it has none otherwise, in words that follow a colon
    public Parameter onlyWith(String parameter, List<String> values, String why) {
        return only(new Requirement(parameter, true, values, why));
    }

    /// The same with a meaning only if `parameter` is not given, which stands in its place.
    public Parameter onlyWithout(String parameter) {
        return only(new Requirement(parameter, false, List.of(), ""));
    }

    private Parameter only(Requirement requirement) {
        List<Requirement> all = new ArrayList<>(only);
        all.add(requirement);
        return new Parameter(name, meaning, domain, defaults, many, all);
    }

    /// What values are allowed, in words: `4KiB to 64TiB`.
    public String bounds() {
        return domain.bounds();
    }
}
