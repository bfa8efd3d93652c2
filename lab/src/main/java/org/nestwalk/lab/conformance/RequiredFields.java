package org.nestwalk.lab.conformance;

import java.util.HashSet;
import java.util.Set;
import org.nestwalk.InputException;

/// Which fields an object had.
final class RequiredFields {
    private final Set<String> seen = new HashSet<>();

    void add(String name) {
        seen.add(name);
    }

    /// Throws an [InputException] that names the first of `names` that was not there.
    void require(String... names) {
        for (String name : names) {
            if (!seen.contains(name)) {
                throw new InputException("'" + name + "' is missing");
            }
        }
    }
}
