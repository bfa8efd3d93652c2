package org.nestwalk.report.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// What differs between results of the same kind.
///
/// @param kind of all
/// @param results their names, in order; changes are against the first
/// @param manifest what differs in how they were run
/// @param claims those that did not hold in all or in none
/// @param words that differ, such as what ran
/// @param figures those that differ, in the order of the result
/// @param same how many figures are the same in all
/// @param unmatched what only some of them have, as sentences
public record ResultComparison(
        String kind,
        List<String> results,
        List<Difference> manifest,
        List<Difference> claims,
        List<Difference> words,
        List<Figure> figures,
        long same,
        List<String> unmatched) {
    /// Copies the lists.
    public ResultComparison {
        results = List.copyOf(results);
        manifest = List.copyOf(manifest);
        claims = List.copyOf(claims);
        words = List.copyOf(words);
        figures = List.copyOf(figures);
        unmatched = List.copyOf(unmatched);
    }

    /// Something that is not a figure.
    ///
    /// @param name what differs
    /// @param values in each result, as text; empty where it has none
    public record Difference(String name, List<String> values) {
        /// Copies the list.
        public Difference {
            values = List.copyOf(values);
        }
    }

    /// A figure.
    ///
    /// @param of what it is a figure of, such as a setup; empty for all of the result
    /// @param name its field
    /// @param unit `ns` or `bytes`; left out of counts and where the schema says none
    /// @param values in each result, as text; empty where it has none
    /// @param numbers the same as numbers; left out if any result has none
    /// @param changes of each but the first, as a part of the first; left out where that is 0 or no
    ///   number
    public record Figure(
            String of,
            String name,
            @Nullable String unit,
            List<String> values,
            @Nullable List<Double> numbers,
            @Nullable List<Double> changes) {
        /// Copies the lists.
        public Figure {
            values = List.copyOf(values);
            numbers = numbers == null ? null : List.copyOf(numbers);
            changes = changes == null ? null : List.copyOf(changes);
        }

        /// What is n times another one is as far from that as what is an nth of it.
        ///
        /// @return the logarithm of the largest factor between the first and another; 0 if any is
        ///   not positive
        double size() {
            if (numbers == null || numbers.stream().anyMatch(number -> number <= 0)) {
                return 0;
            }
            return numbers.stream()
                    .mapToDouble(number -> Math.abs(Math.log(number / numbers.getFirst())))
                    .max()
                    .orElse(0);
        }
    }

    /// Compares two or more results.
    ///
    /// @throws InputException if they are not of the same kind
    public static ResultComparison of(List<SavedResult> results) {
        SavedResult first = results.getFirst();
        for (SavedResult other : results) {
            if (!other.kind().equals(first.kind())) {
                throw new InputException(
                        ("%s is a result of %s, and %s one of %s: only results of the same kind can"
                                        + " be compared")
                                .formatted(first.name(), first.kind(), other.name(), other.kind()));
            }
        }
        return new Differences(results).found();
    }
}
