package org.nestwalk.machine;

/// Why a virtual CPU left its guest.
public sealed interface VmExit {
    /// The second level has no translation for `gpa`, or one that refuses the access.
    ///
    /// @param gpa the guest-physical address
    /// @param gva the linear address that was being translated, or -1 if there was none
    /// @param access what was refused: bits of [SecondLevelMap]
    /// @param mapped whether a page is mapped there, which then refuses
    /// @param table whether the access was a step of a walk of the guest's own tables
    record Violation(long gpa, long gva, int access, boolean mapped, boolean table)
            implements VmExit {}

    /// A second-level entry on the way to `gpa` is ill-formed.
    record Misconfiguration(long gpa) implements VmExit {}

    /// A write to a page that is mapped without the right to write, which a [RightsClaim]
    /// withholds.
    ///
    /// @param gva the linear address, or -1 for a write by the guest's kernel or by a walk
    /// @param table whether the processor wanted to set flags in a guest table
    record WriteTrap(long gpa, long gva, boolean table) implements VmExit {}

    /// The reverse map table refuses an access to `gpa`: the page is not what the guest owns there,
    /// or mapped larger than it owns it.
    ///
    /// @param gva the linear address, or -1 if there was none
    /// @param sizeMismatch whether the mapping is too large, which a handler mends by splitting it;
    ///   anything else means that somebody has tampered
    record OwnershipViolation(long gpa, long gva, boolean sizeMismatch) implements VmExit {}

    /// The guest asks for something; the handler's answer is [VirtualCpu#answer].
    ///
    /// @param number which call
    /// @param first argument
    /// @param second argument
    /// @param third argument
    record Hypercall(int number, long first, long second, long third) implements VmExit {}

    /// All accesses were made.
    record ProgramEnd() implements VmExit {}

    /// The CPU was kicked.
    record Interrupted() implements VmExit {}

    /// The guest, or this CPU of it, cannot go on.
    ///
    /// @param cause what kind of end it is
    /// @param message one sentence for the user
    record Failure(Cause cause, String message) implements VmExit {}

    /// Kinds of [Failure].
    enum Cause {
        /// The guest's kernel has no memory left for its program.
        GUEST_OUT_OF_MEMORY,
        /// The program accessed what it has no right to.
        SEGMENTATION_FAULT,
        /// The guest used guest-physical addresses beyond its memory.
        BEYOND_GUEST_MEMORY,
        /// The host has no memory left to back the guest's.
        HOST_OUT_OF_MEMORY,
        /// An exception that no software handles.
        UNHANDLED_EXCEPTION,
        /// The guest met a page of its own that it has not validated (#VC): it stops, as somebody
        /// has tampered.
        PAGE_NOT_VALIDATED,
        /// Memory that is loaded lazily can no longer be read from where it is kept.
        MEMORY_UNREADABLE,
        /// An exit that no part of the hypervisor takes, or that comes again whatever is done.
        UNHANDLED_EXIT,
        /// The program accessed a page of a file that the file does not have (SIGBUS).
        BUS_ERROR,
        /// The program wrote more to a file than its disk has room for.
        DISK_FULL
    }
}
