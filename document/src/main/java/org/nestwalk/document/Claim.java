package org.nestwalk.document;

import java.util.List;

/// What a result says, with the figures that it says it by.
///
/// @param name of the effect that is expected, lower case with `-`; empty for what is only stated
/// @param sentence of the run: what is true in it
/// @param conditions what all has to be true for the effect to have shown; none for what is only
///   stated
public record Claim(String name, String sentence, List<Condition> conditions) {
    /// Copies the list.
    public Claim {
        conditions = List.copyOf(conditions);
    }

    /// Whether the effect showed.
    public boolean held() {
        return conditions.stream().allMatch(Condition::held);
    }

    /// Checks that no claim of `others` is called `name`.
    ///
    /// @throws IllegalStateException if one is: whoever reads the claims could not tell them apart
    static void requireOwnName(List<Claim> others, String name) {
        if (others.stream().anyMatch(other -> other.name().equals(name))) {
            throw new IllegalStateException("two effects are called " + name);
        }
    }

    /// Whether it speaks of an effect that was expected.
    public boolean isExpectation() {
        return !name.isEmpty();
    }
}
