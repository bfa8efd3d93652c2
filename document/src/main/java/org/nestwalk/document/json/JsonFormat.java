package org.nestwalk.document.json;

/// What a JSON document holds. Each begins with the name and the version of its format, so that
/// programs can tell what they read; the version grows whenever a field changes its meaning, its
/// place or its name, or goes.
public enum JsonFormat {
    /// Comparisons of setups: `runs`.
    RUN("nestwalk-run", 1),
    /// Programs in a virtual machine, simulated or on KVM.
    VM("nestwalk-vm", 2),
    /// A snapshot of a virtual machine that was taken.
    SNAPSHOT("nestwalk-snapshot", 1),
    /// What came of restoring a snapshot.
    RESTORE("nestwalk-restore", 1),
    /// What is in a snapshot.
    SNAPSHOT_FILE("nestwalk-snapshot-file", 1),
    /// What came of a virtual machine that was to move, at the side that it leaves.
    MIGRATION("nestwalk-migration", 1),
    /// What came of waiting for one.
    ARRIVAL("nestwalk-arrival", 1),
    /// An experiment of the lab: `experiment`, `result`, `claims`.
    LAB("nestwalk-lab", 2),
    /// A machine fitted to the host.
    CALIBRATION("nestwalk-calibration", 1),
    /// What a host offers: `findings`.
    DOCTOR("nestwalk-doctor", 1),
    /// Machines: `machines`.
    MACHINES("nestwalk-machines", 1),
    /// Programs: `programs`.
    PROGRAMS("nestwalk-programs", 1),
    /// What is in a trace.
    TRACE("nestwalk-trace", 1),
    /// One walk, explained.
    WALK("nestwalk-walk", 1),
    /// A figure of a study: `rows`.
    STUDY("nestwalk-study-figure", 1),
    /// What differs between two studies: `figures`.
    STUDY_COMPARISON("nestwalk-study-comparison", 1),
    /// What differs between saved results: `manifest`, `figures`.
    COMPARISON("nestwalk-comparison", 1),
    /// Conformance cases checked: `files`.
    CONFORMANCE("nestwalk-conformance", 1);

    private final String label;
    private final int version;

    JsonFormat(String label, int version) {
        this.label = label;
        this.version = version;
    }

    /// The format's name.
    public String label() {
        return label;
    }

    /// The format's version, from 1.
    public int version() {
        return version;
    }
}
