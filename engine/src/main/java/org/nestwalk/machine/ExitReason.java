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
    /// The page-modification log of the CPU, or its dirty ring, is full; the machine empties it.
    LOG_FULL("log full"),
    /// [VmExit.Interrupted].
    INTERRUPT("interrupt"),
    /// [VmExit.OwnershipViolation].
    OWNERSHIP("ownership violation"),
    /// An access that claims refuse was performed once ([Verdict#PERFORM]), as with the monitor
    /// trap flag (Intel SDM volume 3C, section 25.5.2).
    SINGLE_STEP("single step"),
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

    /// The reason of an exit that leaves the guest.
    ///
    /// @throws IllegalArgumentException for the end of a program or a failure, which are none
    public static ExitReason of(VmExit exit) {
        return switch (exit) {
            case VmExit.Violation violation -> VIOLATION;
            case VmExit.Misconfiguration misconfiguration -> MISCONFIGURATION;
            case VmExit.WriteTrap trap -> WRITE_TRAP;
            case VmExit.OwnershipViolation violation -> OWNERSHIP;
            case VmExit.Hypercall call -> HYPERCALL;
            case VmExit.Interrupted interrupted -> INTERRUPT;
            case VmExit.ProgramEnd end -> throw new IllegalArgumentException("no exit");
            case VmExit.Failure failure -> throw new IllegalArgumentException("no exit");
        };
    }

    /// The name in reports.
    public String label() {
        return label;
    }
}
