package org.nestwalk.bench.compare.measured;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nestwalk.InputException;

/// Named numbers, as a measured process prints them for the one that started it: a line each, the
/// name and then one number or more.
///
/// ```text
/// rate 31.25 30.75
/// walks 19882925
/// ```
public final class Values {
    private final Map<String, List<Double>> byName = new LinkedHashMap<>();

    /// No values yet.
    public Values() {}

    /// Adds `numbers` to what is called `name`.
    public Values add(String name, double... numbers) {
        byName.computeIfAbsent(name, _ -> new ArrayList<>())
                .addAll(Arrays.stream(numbers).boxed().toList());
        return this;
    }

    /// Adds counts, of at most 2^53, to what is called `name`.
    public Values count(String name, long... counts) {
        return add(name, Arrays.stream(counts).asDoubleStream().toArray());
    }

    /// All numbers called `name`, at least one.
    public double[] all(String name) {
        List<Double> numbers = byName.get(name);
        if (numbers == null) {
            throw new InputException("a measurement did not print '" + name + "'");
        }
        return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /// The first number called `name`.
    public double one(String name) {
        return all(name)[0];
    }

    /// What [#text] wrote, without lines that are something else.
    public static Values parse(String text) {
        Values values = new Values();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words.length >= 2 && words[0].matches("[a-z][-a-z0-9]*")) {
                try {
                    for (int i = 1; i < words.length; i++) {
                        values.add(words[0], Double.parseDouble(words[i]));
                    }
                } catch (NumberFormatException e) {
                    throw new InputException("a measurement printed '" + line + "'", e);
                }
            }
        }
        return values;
    }

    /// The lines.
    public String text() {
        return byName.entrySet().stream()
                .map(entry ->
                        entry.getKey()
                                + entry.getValue().stream()
                                        .map(number -> " " + number)
                                        .collect(Collectors.joining()))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
