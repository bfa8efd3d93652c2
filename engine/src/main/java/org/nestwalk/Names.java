package org.nestwalk;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/// Names that do not exist, and those that may have been meant; and names that are not alone.
public final class Names {
    private Names() {}

    /// ` (did you mean X?)` for the one of `known` that is closest to `name`, or nothing if none is
    /// as close as a third of its letters.
    public static String suggestion(String name, Collection<String> known) {
        return known.stream()
                .filter(other -> distance(name, other) <= Math.max(1, other.length() / 3))
                .min(Comparator.comparingInt(other -> distance(name, other)))
                .map(closest -> " (did you mean " + closest + "?)")
                .orElse("");
    }

    /// `names`, of which those that are there several times are numbered: `gups#1`, `btree`,
    /// `gups#2`.
    public static List<String> numbered(List<String> names) {
        List<String> numbered = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            boolean alone = Collections.frequency(names, name) == 1;
            int number = Collections.frequency(names.subList(0, i + 1), name);
            numbered.add(alone ? name : name + "#" + number);
        }
        return List.copyOf(numbered);
    }

    /// How many letters have to be put in, left out or changed to make `b` of `a`, apart from their
    /// case (Levenshtein, 1966).
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same =
                        Character.toLowerCase(a.charAt(i - 1))
                                == Character.toLowerCase(b.charAt(j - 1));
                int changed = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
