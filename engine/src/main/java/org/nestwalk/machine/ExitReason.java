package org.nestwalk.machine;

/// Why a virtual CPU left its guest, as counted: also for exits that a machine handles by itself,
/// such as those of shadow paging.
public enum ExitReason {
    /// [VmExit.Violation].
    VIOLATION("second-level violation"),
    /// [VmExit.Misconfiguration].
    MISCONFIGURATION("second-level misconfiguration"),
    /// [VmExit.WriteTrap].
    WRITE_TRAP("write trap"),
    /// [VmExit.Hypercall].
    HYPERCALL("hypercall"),
    /// [VmExit.LogFull].
    LOG_FULL("log full"),
    /// [VmExit.Interrupted].
    INTERRUPT("interrupt"),
    /// Shadow paging: the shadow tables had no translation for an access.
    SHADOW_FAULT("shadow page fault"),
    /// Shadow paging: the guest's kernel wrote to a table.
    TABLE_WRITE("guest table write"),
    /// Shadow paging: the guest's kernel loaded CR3.
    CR3_LOAD("CR3 load"),
    /// Shadow paging: the guest's kernel invalidated a translation.
    INVALIDATION("INVLPG or INVPCID");

    private final String label;

    ExitReason(String label) {
        this.label = label;
    }

    /// What people call it.
    public String label() {
        return label;
    }
}
