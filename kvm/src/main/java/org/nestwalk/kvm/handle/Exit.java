package org.nestwalk.kvm.handle;

/// Why KVM returned from the guest (`include/uapi/linux/kvm.h`, KVM_EXIT_...).
public enum Exit {
    /// Nothing is known.
    UNKNOWN(0),
    /// IN or OUT.
    IO(2),
    /// HLT.
    HALT(5),
    /// An access to a guest-physical address without memory, or a write to read-only memory.
    MMIO(6),
    /// A triple fault.
    SHUTDOWN(8),
    /// The processor refused to enter.
    FAIL_ENTRY(9),
    /// A signal.
    INTERRUPTED(10),
    /// KVM could not go on, such as with an instruction that it has to emulate and cannot.
    INTERNAL_ERROR(17),
    /// A dirty ring is full.
    DIRTY_RING_FULL(31),
    /// Memory could not be reached.
    MEMORY_FAULT(39),
    /// Another one.
    OTHER(-1);

    private static final Exit[] ALL = values();
    private final int number;

    Exit(int number) {
        this.number = number;
    }

    static Exit of(int number) {
        for (Exit exit : ALL) {
            if (exit.number == number) {
                return exit;
            }
        }
        return OTHER;
    }
}
