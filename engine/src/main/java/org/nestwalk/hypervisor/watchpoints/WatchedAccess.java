package org.nestwalk.hypervisor.watchpoints;

/// An access to an armed page, seen before it is made.
///
/// @param cpu index of the virtual CPU that makes it
/// @param instruction where it is in the program's text
/// @param caller where the function that it is in returns to; 0 if that is not known
/// @param gva linear address, or -1 if the guest's kernel or a walk has none
/// @param gpa guest-physical address
/// @param write whether it writes
/// @param table whether it is a step of a walk of the guest's own tables, by the processor
/// @param value what it stores, or what a load finds; 0 if `gva` is -1
/// @param cursor data accesses that the program on this CPU had made before
public record WatchedAccess(
        int cpu,
        long instruction,
        long caller,
        long gva,
        long gpa,
        boolean write,
        boolean table,
        long value,
        long cursor) {}
