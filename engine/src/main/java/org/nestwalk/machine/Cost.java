package org.nestwalk.machine;

/// A purpose that software's cycles are spent on.
public enum Cost {
    /// Leaving the guest and entering it again, and finding out why.
    EXIT("exits"),
    /// The hypervisor allocating and mapping memory.
    BACKING("host mapping"),
    /// The hypervisor zeroing memory.
    HOST_ZEROING("host zeroing"),
    /// The hypervisor copying memory: large pages made, pages moved.
    HOST_COPYING("host copying"),
    /// Invalidating other CPUs' cached translations, for the hypervisor.
    HOST_SHOOTDOWN("host shootdowns"),
    /// Keeping copies of tables on other NUMA nodes the same.
    TABLE_COPIES("table copies"),
    /// The hypervisor looking at memory: for pages to make large or to give back, for written ones,
    /// and for blocks to make free.
    HOST_SCANNING("host scanning"),
    /// The hypervisor making an access in the guest's place ([Verdict#EMULATE]).
    EMULATION("emulated accesses"),
    /// Shadow tables: emulated walks and entries made or dropped.
    SHADOWING("shadow tables"),
    /// Exceptions and the guest kernel's handling of page faults.
    GUEST_FAULT("guest page faults"),
    /// The guest's kernel zeroing memory.
    GUEST_ZEROING("guest zeroing"),
    /// The guest's kernel copying memory.
    GUEST_COPYING("guest copying"),
    /// Invalidating other CPUs' cached translations, for the guest.
    GUEST_SHOOTDOWN("guest shootdowns"),
    /// The guest's kernel looking for pages to make large.
    GUEST_SCANNING("guest scanning"),
    /// Switching between processes.
    CONTEXT_SWITCH("context switches"),
    /// Entering the guest's kernel for a system call, and leaving it.
    SYSTEM_CALL("system calls");

    private final String label;

    Cost(String label) {
        this.label = label;
    }

    /// The name in reports.
    public String label() {
        return label;
    }
}
