package org.nestwalk.kvm.handle;

/// What KVM may have beyond its first version, by the number that `KVM_CHECK_EXTENSION` knows
/// (`include/uapi/linux/kvm.h`).
public enum Extension {
    /// Memory of the process that is the guest's.
    USER_MEMORY(3),
    /// Which processor features guests may have.
    CPUID(7),
    /// The guest's clock, read and set.
    CLOCK(39),
    /// Pending exceptions and interrupts, read and set.
    EVENTS(41),
    /// Vector registers, read and set.
    XSAVE(55),
    /// Which vector state is enabled, read and set.
    XCRS(56),
    /// Being told to leave the guest at once.
    IMMEDIATE_EXIT(136),
    /// How many memory slots a virtual machine may have.
    MEMORY_SLOTS(10),
    /// How many virtual CPUs.
    MOST_CPUS(66),
    /// Stores that queue up instead of exiting.
    COALESCED_MMIO(15),
    /// Events by stores.
    IOEVENTFD(36),
    /// Read-only memory slots.
    READ_ONLY_SLOTS(81),
    /// Registers exchanged with each exit, by shared memory; its value says which.
    SYNC_REGISTERS(74),
    /// The frequency of the time-stamp counter.
    TSC_FREQUENCY(61),
    /// The dirty bitmap is cleared on request, page by page, not by being read; its value says how.
    MANUAL_DIRTY_PROTECT(168),
    /// Dirty pages in a ring per CPU; its value is the most bytes.
    DIRTY_RING(192),
    /// The same with acquire and release order spelled out.
    DIRTY_RING_ORDERED(223),
    /// Statistics from a file descriptor.
    BINARY_STATISTICS(203),
    /// Behaviour that can be turned off; its value says which.
    QUIRKS(213),
    /// Memory faults by exits.
    MEMORY_FAULT_INFORMATION(232),
    /// Memory backed before it is touched.
    PRE_FAULT_MEMORY(236),
    /// XSAVE areas beyond 4 KiB.
    LARGE_XSAVE(208);

    private final int number;

    Extension(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
