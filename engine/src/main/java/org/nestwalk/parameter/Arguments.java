package org.nestwalk.parameter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.parameter.Parameter.Requirement;

/// The values of some parameters: checked, in canonical form, complete.
public final class Arguments {
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final Set<String> given;
    private final UnaryOperator<String> naming;

    private Arguments(Set<String> given, UnaryOperator<String> naming) {
        this.given = Set.copyOf(given);
        this.naming = naming;
    }

    /// What `given` says of `parameters`; those that it does not name have their defaults, or no
    /// value if they have no meaning beside the others.
    ///
    /// @param given texts by the names of their parameters
    /// @param naming what those who are asked call a parameter of a name, such as `--seed`
    /// @throws InputException if a text is no value of its parameter, or a parameter is given that
    ///   has no meaning beside the others
    public static Arguments of(
            List<Parameter> parameters,
            Map<String, List<String>> given,
            UnaryOperator<String> naming) {
        Arguments arguments = new Arguments(given.keySet(), naming);
        for (Parameter parameter : parameters) {
            arguments.set(parameter, given.getOrDefault(parameter.name(), parameter.defaults()));
        }
        for (Parameter parameter : parameters) {
            arguments.checkMeaning(parameter);
        }
        return arguments;
    }

    /// The defaults of `parameters`.
    public static Arguments defaults(List<Parameter> parameters) {
        return of(parameters, Map.of(), UnaryOperator.identity());
    }

    private void set(Parameter parameter, List<String> texts) {
        String name = parameter.name();
        if (texts.isEmpty() && isGiven(name)) {
            throw bad(name, "names no value");
        }
        if (texts.size() > 1 && !parameter.many()) {
            throw bad(name, "is given twice");
        }
        values.put(
                name,
                texts.stream()
                        .map(text -> parameter.domain().canonical(text, called(name)))
                        .toList());
    }

    private void checkMeaning(Parameter parameter) {
        for (Requirement only : parameter.only()) {
            if (!isMet(only)) {
                if (isGiven(parameter.name())) {
                    throw new InputException(called(parameter.name()) + " " + reason(only));
                }
                values.put(parameter.name(), List.of());
            }
        }
    }

    private String reason(Requirement only) {
        String other = called(only.parameter());
        if (!only.present()) {
            return "and %s stand for the same; use one of them".formatted(other);
        }
        return only.values().isEmpty()
                ? "is for %s; give one".formatted(other)
                : "is for %s %s, not for %s %s%s"
                        .formatted(
                                other,
                                String.join(" or ", only.values()),
                                other,
                                String.join(",", texts(only.parameter())),
                                only.why().isEmpty() ? "" : ": " + only.why());
    }

    private boolean isMet(Requirement only) {
        return only.values().isEmpty()
                ? has(only.parameter()) == only.present()
                : only.values().containsAll(texts(only.parameter()));
    }

    /// What those who were asked call a parameter.
    public String called(String name) {
        return naming.apply(name);
    }

    /// What is wrong with the value of a parameter beside those of others.
    ///
    /// @param problem with what would be right
    public InputException bad(String name, String problem) {
        return new InputException(called(name) + ": " + problem);
    }

    /// Whether it was given, and is not just a default.
    public boolean isGiven(String name) {
        return given.contains(name);
    }

    /// Whether it has a value at all.
    public boolean has(String name) {
        return !texts(name).isEmpty();
    }

    /// All values of a parameter, in canonical form.
    ///
    /// @throws IllegalArgumentException if there is no such parameter
    public List<String> texts(String name) {
        List<String> texts = values.get(name);
        if (texts == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return texts;
    }

    /// The value of a parameter, in canonical form.
    ///
    /// @throws IllegalArgumentException if there is no such parameter, or it has no value
    public String text(String name) {
        List<String> texts = texts(name);
        if (texts.size() != 1) {
            throw new IllegalArgumentException(texts.size() + " values of " + name);
        }
        return texts.getFirst();
    }

    /// Bytes.
    public long size(String name) {
        return Quantities.size(text(name), name);
    }

    /// A count.
    public long count(String name) {
        return Quantities.count(text(name), name);
    }

    /// A count of at most 2^31 - 1.
    public int whole(String name) {
        return Math.toIntExact(count(name));
    }

    /// Whether what it stands for is asked for.
    public boolean flag(String name) {
        return texts(name).contains(Domain.Flag.SET);
    }

    /// A number.
    public double number(String name) {
        return Double.parseDouble(text(name));
    }

    /// What random numbers start from.
    public long seed(String name) {
        return Long.parseLong(text(name));
    }

    /// A linear address.
    public long address(String name) {
        return Quantities.address(text(name), name);
    }

    /// The parameters that have values, with these, in the order of their declaration: what makes
    /// the same arguments again.
    public Map<String, List<String>> values() {
        Map<String, List<String>> those = new LinkedHashMap<>(values);
        those.values().removeIf(List::isEmpty);
        return Collections.unmodifiableMap(those);
    }
}
