package org.nestwalk.hypervisor.watchpoints;

import java.util.Arrays;
import java.util.List;
import org.nestwalk.machine.SecondLevelMap;

/// Which accesses to an armed page are seen.
public enum Trap {
    /// Writes: the page may be read and executed.
    WRITES("writes", SecondLevelMap.READ | SecondLevelMap.EXECUTE),
    /// All: nothing may be done.
    ALL("all", 0);

    private final String label;
    private final int rights;

    Trap(String label, int rights) {
        this.label = label;
        this.rights = rights;
    }

    /// The name in options and reports.
    public String label() {
        return label;
    }

    /// All labels.
    public static List<String> labels() {
        return Arrays.stream(values()).map(Trap::label).toList();
    }

    /// The one with that label.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Trap of(String label) {
        return Arrays.stream(values())
                .filter(one -> one.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no trap is called " + label));
    }

    /// What an armed page leaves to the guest: bits of [SecondLevelMap].
    int rights() {
        return rights;
    }
}
