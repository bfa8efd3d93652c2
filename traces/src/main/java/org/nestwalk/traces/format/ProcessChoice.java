package org.nestwalk.traces.format;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// The processes that a trace has mentioned so far, and which of them is to be read.
final class ProcessChoice {
    private final Set<Long> seen = new LinkedHashSet<>();
    private final @Nullable Long chosen;

    /// Reads all, or only the one called `chosen` if that is not null.
    ProcessChoice(@Nullable Long chosen) {
        this.chosen = chosen;
    }

    /// Whether only some accesses are read.
    boolean isRestricted() {
        return chosen != null;
    }

    /// Notes that the process called `id` is in the trace, and says whether it is read.
    boolean includes(long id) {
        seen.add(id);
        return chosen == null || chosen == id;
    }

    /// The processes that are read, in order of appearance.
    List<Long> included() {
        return chosen == null ? new ArrayList<>(seen) : List.of(chosen);
    }

    /// Says at the end of the trace called `name` that the chosen process was not in it.
    void requireSeen(String name) {
        if (chosen != null && !seen.contains(chosen)) {
            String there =
                    seen.isEmpty()
                            ? "it tells none"
                            : "it holds "
                                    + seen.stream()
                                            .map(String::valueOf)
                                            .collect(Collectors.joining(", "));
            throw new InputException(
                    name + ": process " + chosen + " is not in the trace; " + there);
        }
    }
}
