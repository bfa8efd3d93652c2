package org.nestwalk.hypervisor.watchpoints;

/// What speaks against an access.
public enum Suspicion {
    /// Nothing: its instruction may do that.
    NONE("none"),
    /// It goes where its instruction has no object.
    WILD("wild pointer"),
    /// It goes to an object that was freed.
    FREED("use after free"),
    /// It goes to what is right behind an object of its instruction's.
    OVERRUN("overrun by one"),
    /// It goes to an object of its instruction's that belongs to another CPU now.
    RACE("race");

    private final String label;

    Suspicion(String label) {
        this.label = label;
    }

    /// The name in reports.
    public String label() {
        return label;
    }
}
