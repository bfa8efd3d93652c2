package org.nestwalk;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What this library has of a kind, and what others add to it through [java.util.ServiceLoader].
///
/// @param <T> the kind
public final class Services<T> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    private final Supplier<? extends Iterable<T>> others;
    private final Function<T, String> name;
    private final List<T> own;
    private volatile @Nullable List<T> all;

    /// @param others loads what others add; by a [java.util.ServiceLoader] that the module of the
    ///   kind asks for, since that is the one that declares to use it
    /// @param name of one
    /// @param own what this library has
    public Services(Supplier<? extends Iterable<T>> others, Function<T, String> name, List<T> own) {
        this.others = others;
        this.name = name;
        this.own = List.copyOf(own);
    }

    /// All: the library's in their order, then others in that of the class path.
    ///
    /// @throws InputException if one of the others cannot be had, has no name that could be
    ///   written, or another's
    public List<T> all() {
        List<T> found = all;
        if (found == null) {
            found = find();
            all = found;
        }
        return found;
    }

    /// What others add, in the order of the class path.
    ///
    /// @throws InputException as [#all] does
    public List<T> added() {
        List<T> found = all();
        return found.subList(own.size(), found.size());
    }

    private List<T> find() {
        List<T> found = new ArrayList<>(own);
        Set<String> names = new HashSet<>();
        own.forEach(one -> names.add(name.apply(one)));
        try {
            for (T other : others.get()) {
                String called = name.apply(other);
                if (!NAME.matcher(called).matches()) {
                    throw refused(other, called, "a name has lower-case letters, digits and '-'");
                }
                if (!names.add(called)) {
                    throw refused(other, called, "there is another one of that name");
                }
                found.add(other);
            }
        } catch (ServiceConfigurationError e) {
            throw new InputException(
                    "what the class path adds cannot be used: " + e.getMessage(), e);
        }
        return List.copyOf(found);
    }

    private static InputException refused(Object other, String name, String reason) {
        return new InputException(
                "%s, which the class path adds, is called '%s': %s"
                        .formatted(other.getClass().getName(), name, reason));
    }
}
